"""The case: the document that asks. Parties, items, end use, dates and answers.

One frozen definition gives the library, the command line and the JSON Schema alike. It is
validated once, where a file enters; inside, its types are trusted.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from licet.model.dates import Span
from licet.model.fact import SourceClass, Standing, UnknownReason

CASE_SCHEMA: Literal["licet/case/1"] = "licet/case/1"


def _span(raw: Any) -> Span:
    if isinstance(raw, Span):
        return raw
    return Span.read(str(raw))


PartialDate = Annotated[
    Span,
    BeforeValidator(_span),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}),
]
"""A day, a month or a year, as ISO text."""


def _as_list(raw: Any) -> Any:
    return [raw] if isinstance(raw, str | dict) else raw


Texts = Annotated[
    tuple[str, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])
]
"""One text, or a list of them."""


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        arbitrary_types_allowed=True,
        str_max_length=20_000,
    )


class Kind(StrEnum):
    """What is asked about."""

    EXPORT = "export"
    IMPORT = "import"
    TRANSFER = "transfer"
    BROKERING = "brokering"
    TRANSIT = "transit"
    TECHNICAL_ASSISTANCE = "technical_assistance"
    PROCUREMENT = "procurement"
    USE = "use"
    DEVELOPMENT = "development"
    PRODUCTION = "production"
    CLASSIFICATION = "classification"
    VENDOR_VETTING = "vendor_vetting"
    DUE_DILIGENCE = "due_diligence"
    FRAMEWORK = "framework"


class Role(StrEnum):
    """What a party does in the case."""

    EXPORTER = "exporter"
    MANUFACTURER = "manufacturer"
    BROKER = "broker"
    CONSIGNEE = "consignee"
    INTERMEDIATE_CONSIGNEE = "intermediate_consignee"
    END_USER = "end_user"
    STATED_END_USER = "stated_end_user"
    OTHER_USER = "other_user"
    VENDOR = "vendor"
    BUYER = "buyer"
    PARENT_BODY = "parent_body"
    FUNDER = "funder"
    PUBLISHER = "publisher"
    COMPONENT_SUPPLIER = "component_supplier"
    OTHER_SUPPLIER = "other_supplier"
    AUTHORITY = "authority"
    OTHER = "other"


class PartyKind(StrEnum):
    """What sort of body a party is."""

    COMPANY = "company"
    NON_PROFIT = "non_profit"
    UNIVERSITY = "university"
    GENERAL_PUBLIC = "general_public"
    NATURAL_PERSON = "natural_person"
    GOVERNMENT = "government"
    GOVERNMENT_CIVIL = "government_civil"
    GOVERNMENT_POLICE = "government_police"
    GOVERNMENT_POLICE_PARAMILITARY = "government_police_paramilitary"
    GOVERNMENT_INTELLIGENCE = "government_intelligence"
    GOVERNMENT_MILITARY = "government_military"
    GOVERNMENT_MILITARY_INTELLIGENCE = "government_military_intelligence"
    GOVERNMENT_OWNED_COMPANY = "government_owned_company"
    ARMED_GROUP = "armed_group"
    INTERNATIONAL_ORGANISATION = "international_organisation"
    UNKNOWN = "unknown"


class StatementSource(_Frozen):
    """Where a statement comes from."""

    title: str = ""
    source_class: SourceClass | None = Field(None, alias="class")
    url: str = ""
    published: PartialDate | None = None
    publisher: str = ""

    model_config = ConfigDict(**{**_Frozen.model_config, "populate_by_name": True})


def _written(raw: Any) -> Any:
    """Values are kept as text, so that YAML and JSON files give the same case."""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, list):
        return tuple(_written(part) for part in raw)
    return raw


class Statement(_Frozen):
    """One statement about one fact: a value, or unknown with its reason."""

    value: Annotated[
        str | tuple[str, ...] | None,
        BeforeValidator(_written, json_schema_input_type=str | bool | int | list[str] | None),
    ] = None
    unknown: UnknownReason | None = None
    standing: Standing = Standing.SELF_DECLARED
    source: StatementSource | None = None
    second_source: StatementSource | None = None
    signed_by: str = ""
    reasons: str = ""
    denied_by: SourceClass | None = None
    asked_on: PartialDate | None = None
    due_on: PartialDate | None = None
    note: str = ""


def _statements(raw: Any) -> Any:
    """Accept ``fact: yes``, ``fact: {value: ...}`` and a list of either."""
    if isinstance(raw, list) and not all(isinstance(part, str) for part in raw):
        return [part if isinstance(part, dict) else {"value": part} for part in raw]
    if isinstance(raw, Statement):
        return (raw,)
    if isinstance(raw, tuple) and raw and isinstance(raw[0], Statement):
        return raw
    if isinstance(raw, dict):
        return [raw]
    return [{"value": raw}]


Statements = Annotated[
    tuple[Statement, ...],
    BeforeValidator(
        _statements,
        json_schema_input_type=str | bool | int | Statement | list[str | bool | int | Statement],
    ),
]
Answers = dict[str, Statements]


class Owner(_Frozen):
    """Who owns a party, and how much of it (per cent), as stated."""

    name: str
    country: str = ""
    percent: str = ""
    source: StatementSource | None = None


class Identifier(_Frozen):
    """A registration number, LEI, IMO or tax number."""

    scheme: str
    value: str


class Party(_Frozen):
    """A company, agency or person in a role."""

    id: str = ""
    name: str
    roles: Annotated[
        tuple[Role, ...], BeforeValidator(_as_list, json_schema_input_type=Role | list[Role])
    ]
    kind: PartyKind = PartyKind.UNKNOWN
    country: Texts = ()
    aliases: Texts = ()
    identifiers: tuple[Identifier, ...] = ()
    owners: tuple[Owner, ...] = ()
    unit: str = ""
    purpose_of_screening: str = ""
    answers: Answers = {}
    note: str = ""


class Item(_Frozen):
    """Goods, software, technology or a service, with what it can do."""

    id: str = ""
    name: str
    category: str = ""
    description: str = ""
    quantity: str = ""
    unit: str = ""
    value: str = ""
    currency: str = ""
    answers: Answers = {}
    note: str = ""


class Dates(_Frozen):
    """The days that matter. ``assessed`` is the clock: what was public later is not seen."""

    assessed: PartialDate
    application: PartialDate | None = None
    decision: PartialDate | None = None
    contract: PartialDate | None = None
    export: PartialDate | None = None
    deadline: PartialDate | None = None


class LineRef(_Frozen):
    """One line, where not every item goes to every end user."""

    item: str
    end_user: str
    quantity: str = ""
    value: str = ""


class Override(_Frozen):
    """That a named authority set a moratorium aside in this case, under the moratorium's own clause.

    It counts once the decision is on record: ``accepted`` by an officer, or ``judged`` and signed.
    """

    moratorium: str
    by: str
    """The office, as the clause names it."""
    signed_by: str
    decided: PartialDate
    reasons: str
    standing: Standing = Standing.SELF_DECLARED
    source: StatementSource | None = None


class OpenQuestion(_Frozen):
    """A question that the file itself leaves open, in its own words."""

    fact: str
    question: str = ""
    material: Annotated[
        bool, WithJsonSchema({"enum": [True, False, "true", "false", "yes", "no"]})
    ] = True


class Case(_Frozen):
    """The document that asks: may this go ahead?"""

    schema_: Literal["licet/case/1"] = Field(CASE_SCHEMA, alias="schema")
    id: str = Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@+-]*$")
    title: str = ""
    kind: Kind
    dates: Dates
    parties: tuple[Party, ...] = Field((), max_length=500)
    items: tuple[Item, ...] = Field((), max_length=500)
    lines: tuple[LineRef, ...] = ()
    end_use: str = ""
    route: Texts = ()
    answers: Answers = {}
    open_questions: tuple[OpenQuestion, ...] = ()
    overrides: tuple[Override, ...] = ()
    nothing_recorded: Texts = ()
    """Facts of which a finished file records nothing, which its readers take for "no": a red flag
    that was not raised, a letter that did not come. Only facts that the dictionary marks so. It is
    the applicant's own word unless ``closed_by`` names who closed the file."""
    closed_by: str = ""
    notes: Texts = ()
    nonce: str = ""

    model_config = ConfigDict(**{**_Frozen.model_config, "populate_by_name": True})

    def with_role(self, *roles: Role) -> tuple[Party, ...]:
        """The parties that have any of these roles, in the order of the file."""
        return tuple(p for p in self.parties if any(role in p.roles for role in roles))

    def canonical(self) -> dict[str, Any]:
        """The case as canonical JSON has it: nothing left out, no defaults written."""
        dumped: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"schema": CASE_SCHEMA, **dumped}
