"""Placeholder by the lead until the readers of film lists are written here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogueFilm:
    title: str
    year: int
    original_title: str | None = None
    directors: tuple[str, ...] = ()
    runtime: int | None = None
    summary: str | None = None
    summary_source: str | None = None
    summary_licence: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
