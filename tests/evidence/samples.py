"""A small valid file for every source that has a reader: shipped ones cut short, others invented.

The figures of the sources that do not ship are invented. States are real, since readers know them.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from licet.evidence.brought import BROUGHT
from licet.evidence.compile_tables import PRIMARY
from licet.evidence.manifest import main_file
from licet.evidence.sources import (
    freedom_house,
    norway_list2,
    ranking_digital_rights,
    uk_ratings,
    uk_refusals,
    vdem_intervals,
    wjp,
)

DATA = Path(__file__).parents[2] / "data"
ROWS = 12
"""How many rows of a shipped file a sample has."""
STATES = ("Norway", "Namibia", "Mexico", "Saudi Arabia", "Côte d'Ivoire")


def text_of(rows: Iterable[Iterable[object]], header: Iterable[str] = ()) -> bytes:
    """Rows as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def pts() -> bytes:
    head = "Country,Year,PTS_A,PTS_H,PTS_S,NA_Status_A,NA_Status_H,NA_Status_S"
    rows = [
        ("Norway", 2022, "1.0", "", "1.0", 0, 88, 0),
        ("Norway", 2023, "", "", "1.0", 88, 99, 0),
        ("Namibia", 2023, "2.0", "2.0", "2.0", 0, 0, 0),
        ("Mexico", 2023, "4.0", "4.0", "4.0", 0, 0, 0),
        ("Czechoslovakia", 2023, "", "", "", 77, 77, 77),
        ("Gaza (Hamas)", 2023, "5.0", "", "", 0, 66, 66),
        ("Israel in pre-1967 borders", 2023, "2.0", "", "", 0, 66, 66),
    ]
    return text_of(rows, head.split(","))


def wjp_index() -> bytes:
    rows = [
        (
            state,
            year,
            {"Norway": "NOR", "Namibia": "NAM", "Mexico": "MEX"}[state],
            "0.5",
            "0.6",
            "0.7123456789012345",
            "" if year == "2012-2013" else "0.8",
        )
        for state in ("Norway", "Namibia", "Mexico")
        for year in ("2012-2013", "2017-2018", "2025")
    ]
    return text_of(rows, wjp.COLUMNS)


def rsf() -> bytes:
    head = "iso3,year,country,rank,score,political,economic,legal,social,safety"
    rows = [
        ("NOR", 2002, "Norway", "1.0", *[""] * 6),
        ("ISR3", 2004, "Israel (occupied)", 2, *[""] * 6),
    ]
    for year in (2021, 2025):
        states = (
            ("NOR", "Norway"),
            ("NAM", "Namibia"),
            ("CIV", "CÃ´te d'Ivoire"),
            ("XKO", "Kosovo"),
        )
        for rank, (code, name) in enumerate(states, 1):
            rows.append((code, year, name, rank, f"{90 - 10 * rank}.5", *[""] * 5))
    rows.append(("MEX", 2025, "Mexico", 5, "45,55", *[""] * 5))
    return text_of(rows, head.split(","))


def status() -> bytes:
    head = "name,ct,edition,year_under_review,pr,cl,status,year"
    rows = [
        ("Norway", "c", "2000-01", 2000, 1, 1, "F", 2000),
        ("Namibia", "c", "2024", 2023, 2, 2, "F", 2023),
        ("Saudi Arabia", "c", "2024", 2023, 7, 7, "NF", 2023),
        ("West Papua", "t", "2024", 2023, 7, 6, "NF", 2023),
    ]
    return text_of(rows, head.split(","))


def fotn(year: int = 2018) -> bytes:
    head = [
        "Country",
        f'"Freedom on the Net {year}" Status',
        "A: Obstacles to Access",
        "B: Limits on Content",
        "C: Violations of User Rights",
        f'"Freedom on the Net {year}" Total Score',
    ]
    free, not_free = ("FREE", 4, 6, 15, 25), ("NOT FREE", 14, 25, 34, 73)
    if year >= 2019:
        free, not_free = ("FREE", 22, 30, 30, 82), ("NOT FREE", 8, 10, 8, 26)
    return text_of([("Norway", *free), ("Saudi Arabia", *not_free)], head)


def vdem15() -> bytes:
    rows = [
        (state, code, year, *("0.5", "0.45", "0.55") * 5)
        for state, code in (("Norway", "NOR"), ("Namibia", "NAM"), ("Zanzibar", "ZZB"))
        for year in (2015, 2024)
    ]
    return text_of(rows, vdem_intervals.COLUMNS)


def fiw() -> bytes:
    parts = dict.fromkeys(freedom_house.SCORES, 2)
    for group, most in freedom_house.QUESTIONS.items():
        parts[group] = 2 * most
    parts |= {"Add Q": 3, "Add A": 0, "PR": 17, "CL": 30, "Total": 47}
    bare = dict.fromkeys(freedom_house.SCORES, 0) | {"Add Q": 3, "PR": -3, "Total": -3}
    rows = [
        (state, flag, 2025, word, 4, 4, *scores.values())
        for state, flag, word, scores in (
            ("Namibia", "c", "PF", parts),
            ("Mexico", "c", "PF", parts),
            ("South Sudan", "c", "NF", bare),
            ("Crimea", "t", "NF", bare),
        )
    ]
    return text_of(rows, freedom_house.COLUMNS)


UN_ENTRY = """    <ENTITY>
      <DATAID>{number}</DATAID>
      <FIRST_NAME>{name}</FIRST_NAME>
      <UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
      <REFERENCE_NUMBER>KPe.{number:03}</REFERENCE_NUMBER>
      <LISTED_ON>2012-05-02</LISTED_ON>
      <NAME_ORIGINAL_SCRIPT>가상의 회사 {number}</NAME_ORIGINAL_SCRIPT>
      <COMMENTS1>Invented.</COMMENTS1>
      <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>{name} Trading; {name} Mining</ALIAS_NAME></ENTITY_ALIAS>
      <ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>
      <ENTITY_ADDRESS><COUNTRY>Democratic People's Republic of Korea</COUNTRY></ENTITY_ADDRESS>
    </ENTITY>
"""
UN_PERSON = """    <INDIVIDUAL>
      <DATAID>7</DATAID>
      <FIRST_NAME>INVENTED</FIRST_NAME>
      <SECOND_NAME>PERSONNE</SECOND_NAME>
      <UN_LIST_TYPE>DRC</UN_LIST_TYPE>
      <REFERENCE_NUMBER>CDi.907</REFERENCE_NUMBER>
      <LISTED_ON>2012-12-31-05:00</LISTED_ON>
      <COMMENTS1>born in a place, wanted for things</COMMENTS1>
      <NATIONALITY><VALUE>Namibia</VALUE></NATIONALITY>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Inventado Persona</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Kolonel</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_DATE_OF_BIRTH><YEAR>1971</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DOCUMENT><NUMBER>P1234567</NUMBER></INDIVIDUAL_DOCUMENT>
    </INDIVIDUAL>
"""


def un_list() -> bytes:
    entities = "".join(
        UN_ENTRY.format(number=n, name=name)
        for n, name in ((1, "Quarrantine Minerals"), (2, "Fictive Radio Works"))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">\n'
        f"  <INDIVIDUALS>\n{UN_PERSON}  </INDIVIDUALS>\n  <ENTITIES>\n{entities}  </ENTITIES>\n"
        "</CONSOLIDATED_LIST>\n"
    ).encode()


def jp_list() -> bytes:
    def entry(number: int, name: str, address: str) -> dict[str, object]:
        return {
            "id": f"jp-eul-{number}",
            "entity_name": name,
            "aliases": [f"{name or 'Lost'} Works"],
            "addresses": [address],
            "entity_type": "organization",
            "list_id": "jp-end-user-list",
            "source_url": "https://example.org/list",
        }

    entries = [
        entry(1, "Invented Reactor Company", "Islamic Republic of Iran"),
        entry(2, "", "People's Republic of China Fictive Carbon Co., Ltd."),
    ]
    return json.dumps(entries, ensure_ascii=False, indent=0).encode()


SDN = (
    '1001,"INVENTED SHIPPING LTD.",-0- ,"CUBA",' + "-0- ," * 7 + "\"a.k.a. 'X'.\"\r\n"
    '1002,"PERSONNE, Invented","individual","SDGT] [IRAQ2",' + "-0- ," * 7 + '"DOB 1971."\r\n'
    '1003,"FICTIVE TANKER","vessel","IRAN",' + "-0- ," * 7 + "-0- \r\n"
)


def sdn(text: str = SDN) -> bytes:
    return text.encode() + b"\x1a"


def brokers() -> bytes:
    good = [
        ("2008", "AT", "Austria", "issued", "CA", "Canada", 1, "", "ML1", 21, "", "RU", "Russia"),
        (
            "2012",
            "GB",
            "United Kingdom",
            "refused",
            "IN; ZA",
            "India; South Africa",
            "",
            "201366",
            "ML3a",
            "",
            "",
            "",
            "Multiple countries",
        ),
        (
            "2013",
            "GB",
            "United Kingdom",
            "issued",
            "NA",
            "Namibia",
            2,
            "5.5",
            "ML6",
            "",
            "",
            "",
            "",
        ),
    ]
    printed = (
        b"[u'AUSTRIA', 'issued', [u'Canada'], 2, [u'1', u'5'], [u'ML 2'], [u'19'], [u'Russia']]\n"
    )
    return text_of(good * 3) + printed


def _by_columns(columns: tuple[str, ...], *rows: tuple[object, ...]) -> bytes:
    return text_of(rows, columns)


INVENTED = {
    "eu_licences": ("broker.csv", brokers),
    "freedom_house": ("fiw.csv", fiw),
    "freedom_house_status": ("status.csv", status),
    "freedom_on_the_net": ("fotn.csv", fotn),
    "jp_end_users": ("jp.json", jp_list),
    "norway_list2": (
        "list2.csv",
        lambda: _by_columns(
            norway_list2.COLUMNS,
            ("5A001", "0001", 1, "5A001.", "base", "Invented equipment:", 5, "A", "WA"),
            ("5A001", "0001000A", 2, "a.", "base", "Of this,\nand of that.", 5, "A", "WA"),
        ),
    ),
    "ofac_sdn": ("sdn.csv", sdn),
    "pts": ("pts.csv", pts),
    "ranking_digital_rights": (
        "rdr.csv",
        lambda: _by_columns(
            ranking_digital_rights.COLUMNS,
            (2022, "Invented Telecom", "G", "G01", "Group", "Group", "50.0"),
            (2022, "Invented Telecom", "P", "P01", "OpCom", "Mobile", ""),
        ),
    ),
    "rsf": ("rsf.csv", rsf),
    "uk_ratings": (
        "ratings.csv",
        lambda: _by_columns(
            uk_ratings.COLUMNS,
            ("ML1", 1, "Small arms", "Arms, small"),
            ("5A001f", 0, "", "Interception"),
        ),
    ),
    "uk_refusals": (
        "refusals.csv",
        lambda: _by_columns(
            uk_refusals.COLUMNS, (59, 1, "Obligations"), (60, 2, "Repression, internal")
        ),
    ),
    "un_sc": ("un.xml", un_list),
    "vdem_intervals": ("vdem15.csv", vdem15),
    "wjp": ("wjp.csv", wjp_index),
}
"""Name and content of the file of each source that does not ship."""

REGISTERED = sorted({*PRIMARY, *BROUGHT})
"""Every source that has a reader: a new one without a sample fails the tests that use them."""


def write(source: str, folder: Path) -> tuple[Path, Path]:
    """Write a source's sample. Gives what its reader is given, and the file to damage."""
    if source in INVENTED:
        name, make = INVENTED[source]
        file = folder / name
        file.write_bytes(make())
        return file, file
    place = folder / source
    shutil.copytree(DATA / source, place)
    asked = main_file(place)
    file = asked if asked.is_file() else asked / "currency.csv"
    if file.suffix == ".csv" and asked.is_file():
        lines = file.read_bytes().split(b"\n")
        file.write_bytes(b"\n".join(lines[: ROWS + 1]) + b"\n")
    if source == "us_csl":
        meta = file.with_suffix(".meta.json")
        meta.write_text(
            json.dumps(json.loads(meta.read_text("utf-8")) | {"entryCount": ROWS}), "utf-8"
        )
    if source == "us_ccl":
        whole = json.loads(file.read_text("utf-8"))
        whole |= {"entries": whole["entries"][:ROWS], "entryCount": ROWS}
        file.write_text(json.dumps(whole), "utf-8")
    return asked, file
