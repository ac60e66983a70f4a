"""Licet: may this go ahead, under which law, on which evidence?"""
