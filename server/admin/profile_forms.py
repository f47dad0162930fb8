"""The forms of profiles: which fields each kind has, what filled-in ones say, and how a definition fills them in.

Rows that are left empty are none; a form has one more than it needs, and its button gives another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from domain.model import JsonObject
from jobs.profiles.definitions import STEP_OPTIONS, ProfileKind
from server.admin.run_form import Form, sides_data, unsharp_data
from server.bodies.profiles import AnyBody, ProfileBody
from server.bodies.reading import read_body

_YES = (("", "No"), ("yes", "Yes"))
_FORMATS = (*((name, name.upper()) for name in ("jpeg", "png", "webp", "gif")), ("", "Image format's"))
_RATIOS = tuple((name, name.replace("x", ":")) for name in ("16x9", "9x16", "1x1", "4x3", "4x5"))
_STEP_FIELDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(sorted(options)) for name, options in sorted(STEP_OPTIONS.items())
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a row. ``kind`` is text, number, choice, yes, list (separated by commas) or pairs (a=b).

    One that is ``suggested`` is a text, for which the page has a list of the company's own under the column's name.
    """

    name: str
    label: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""

    def read(self, text: str) -> Any:
        """Return what the text says, None for nothing."""
        match self.kind:
            case "yes":
                return text == "yes"
            case "list":
                return [part.strip() for part in text.split(",") if part.strip()]
            case "pairs":
                return [[part.strip() for part in pair.split("=", 1)] for pair in text.split(",") if pair.strip()]
        return text.strip() or None

    def show(self, value: Any) -> str:
        """Return the text that says the value."""
        match self.kind:
            case "yes":
                return "yes" if value else ""
            case "list":
                return ", ".join(value or ())
            case "pairs":
                return ", ".join("=".join(pair) for pair in value or ())
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A list that a definition has: its name there, and the fields of each of its rows."""

    name: str
    title: str
    columns: tuple[Column, ...]

    def shown(self, form: Form) -> list[dict[str, str]]:
        """Return the texts of the form's rows, with an empty one at the end."""
        return [*self._given(form), {column.name: column.value for column in self.columns}]

    def read(self, form: Form) -> list[dict[str, Any]]:
        """Return what the rows say that have anything in them."""
        read = [{column.name: column.read(row[column.name]) for column in self.columns} for row in self._given(form)]
        return [{name: value for name, value in row.items() if value is not None} for row in read]

    def _given(self, form: Form) -> list[dict[str, str]]:
        names = [column.name for column in self.columns]
        lists = (form.getlist(f"{self.name}.{name}") for name in names)
        rows = [dict(zip(names, values, strict=True)) for values in zip_longest(*lists, fillvalue="")]
        telling = [
            column for column in self.columns if column.kind not in ("choice", "yes") or column is self.columns[0]
        ]
        return [row for row in rows if any(row[each.name].strip() != each.value for each in telling)]


_MEDIA = (
    Column(name="included", label="Only types, such as image/*", kind="list"),
    Column(name="excluded", label="Without types", kind="list"),
)
ROWS: Mapping[ProfileKind, tuple[Rows, ...]] = {
    ProfileKind.METADATA: (
        Rows(
            name="rules",
            title="Fields",
            columns=(
                Column(name="field", label="Field, such as dc.rights"),
                Column(name="source", label="From the file, such as IPTC:By-line"),
                Column(name="default", label="Else"),
                Column(name="is_required", label="Required", kind="yes", options=_YES),
                Column(name="overwrites", label="Replaces", kind="yes", options=_YES),
            ),
        ),
    ),
    ProfileKind.IMAGE: (
        Rows(
            name="smart_crops",
            title="Smart crops",
            columns=(
                Column(name="name", label="Name"),
                Column(name="width", label="Width, px", kind="number"),
                Column(name="height", label="Height, px", kind="number"),
            ),
        ),
    ),
    ProfileKind.VIDEO: (
        Rows(
            name="encodings",
            title="Encodings",
            columns=(Column(name="handle", label="Handle of the property set (ps|…)"),),
        ),
        Rows(
            name="smart_crops",
            title="Smart crops",
            columns=(
                Column(name="name", label="Name"),
                Column(name="ratio", label="Ratio", kind="choice", options=_RATIOS),
            ),
        ),
    ),
    ProfileKind.PROCESSING: (
        Rows(
            name="renditions",
            title="Renditions",
            columns=(
                Column(name="name", label="Name"),
                Column(name="format", label="Format", kind="choice", options=_FORMATS, value="jpeg"),
                Column(name="width", label="Width, px", kind="number"),
                Column(name="height", label="Height, px", kind="number"),
                Column(name="quality", label="Quality, 1 to 100", kind="number"),
                Column(name="image_format", label="Image format, else of the same name", kind="suggested"),
                *_MEDIA,
            ),
        ),
        Rows(
            name="workers",
            title="Workers elsewhere",
            columns=(
                Column(name="name", label="Name"),
                Column(name="file_name", label="File name"),
                Column(name="url", label="URL"),
                Column(name="parameters", label="Parameters, such as a=1, b=2", kind="pairs"),
                *_MEDIA,
            ),
        ),
    ),
    ProfileKind.WORKFLOW: (
        Rows(
            name="steps",
            title="Steps, in their order",
            columns=(
                Column(
                    name="name",
                    label="Step",
                    kind="choice",
                    options=(("", "None"), *((name, name.replace("-", " ").capitalize()) for name in _STEP_FIELDS)),
                ),
                Column(name="first", label="Project, field, state, URL or entry point"),
                Column(name="second", label="Value of the field"),
            ),
        ),
        Rows(
            name="paths",
            title="Folders beside those it is assigned to",
            columns=(Column(name="path", label="Path, such as */campaigns"),),
        ),
    ),
    ProfileKind.BATCH_SET: (),
}


def read_profile(kind: ProfileKind, form: Form) -> AnyBody:
    """Return the profile that the form says. Raises RefusedError."""
    data = {"kind": kind.value, "name": form.get("name", ""), "definition": dict(_definition(kind, form))}
    return read_body(ProfileBody, data).root


def fill(kind: ProfileKind, name: str, definition: JsonObject) -> Form:
    """Return the form that says the definition."""
    form: Form = MultiDict({"name": name})
    for rows in ROWS[kind]:
        for row in definition.get(rows.name) or ():
            values = _row_fields(rows, row)
            for column in rows.columns:
                form.add(f"{rows.name}.{column.name}", column.show(values.get(column.name)))
    for field, value in _plain_fields(kind, definition):
        form.add(field, value)
    return form


def describe(kind: ProfileKind, definition: JsonObject) -> Iterator[tuple[str, list[str]]]:
    """Yield what a definition says, title by title, each with its lines."""
    for rows in ROWS[kind]:
        lines = []
        for row in definition.get(rows.name) or ():
            values = _row_fields(rows, row)
            texts = ((column, column.show(values.get(column.name))) for column in rows.columns)
            told = [_said(column, text) for column, text in texts if text]
            lines.append(" · ".join([*told, *filter(None, [values.get("commands")])]))
        if lines:
            yield rows.title, lines
    for name, value in definition.items():
        if name not in {rows.name for rows in ROWS[kind]} and not _is_left_out(value):
            said = value if isinstance(value, dict) else {"": "yes" if value is True else value}
            words = {key: "" if inner is True else inner for key, inner in said.items() if not _is_left_out(inner)}
            parts = (f"{key.removeprefix('is_')} {inner}".strip() for key, inner in words.items())
            yield name.replace("_", " ").capitalize(), [", ".join(parts)]


def _is_left_out(value: Any) -> bool:
    return value is None or value is False


def _said(column: Column, text: str) -> str:
    if column.kind in ("choice", "text") and "," not in column.label:
        return text
    return f"{column.label.split(',')[0].lower()} {text}"


def _definition(kind: ProfileKind, form: Form) -> Iterator[tuple[str, Any]]:
    for rows in ROWS[kind]:
        read = rows.read(form)
        match rows.name:
            case "encodings" | "paths":
                yield rows.name, [row[rows.columns[0].name] for row in read]
            case "steps":
                yield rows.name, [_step(row) for row in read]
            case "smart_crops" if kind is ProfileKind.IMAGE and form.get("crop") != "smart":
                continue
            case _:
                yield rows.name, read
    match kind:
        case ProfileKind.IMAGE:
            yield from _image(form)
        case ProfileKind.VIDEO:
            yield "is_adaptive", "is_adaptive" in form
        case ProfileKind.BATCH_SET:
            yield "property_set", form.get("property_set", "").strip()


def _image(form: Form) -> Iterator[tuple[str, Any]]:
    yield "preserves_content", "preserves_content" in form
    if form.get("crop") == "manual":
        yield "trim", sides_data(form)
    if form.get("crop") == "smart" and "swatch" in form:
        size = {side: form.get(f"swatch_{side}") or None for side in ("width", "height")}
        yield "swatch", {**size, "is_colour": "swatch_is_colour" in form}
    if "unsharp" in form:
        yield "unsharp", unsharp_data(form)


def _step(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row.get("name", "")
    values = [row.get("first"), row.get("second")]
    fields = [*_STEP_FIELDS.get(name, ()), "value", "value 2"][:2]
    return {"name": name, "options": [[field, value] for field, value in zip(fields, values, strict=True) if value]}


def _row_fields(rows: Rows, row: Any) -> Mapping[str, Any]:
    if rows.name in ("encodings", "paths"):
        return {rows.columns[0].name: row}
    if rows.name == "steps":
        options = dict(row.get("options", ()))
        values = [options.get(field) for field in _STEP_FIELDS[row["name"]]]
        return dict(zip(("name", "first", "second"), (row["name"], *values), strict=False))
    fields: Mapping[str, Any] = row
    return fields


def _plain_fields(kind: ProfileKind, definition: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield the fields outside rows."""
    if kind is ProfileKind.BATCH_SET:
        yield "property_set", definition["property_set"]
    for name in ("preserves_content", "is_adaptive"):
        if definition.get(name):
            yield name, "on"
    if kind is not ProfileKind.IMAGE:
        return
    trim, swatch, unsharp = (definition.get(name) for name in ("trim", "swatch", "unsharp"))
    is_smart = bool(definition.get("smart_crops") or swatch)
    yield "crop", "manual" if trim else "smart" if is_smart else "none"
    for prefix, values in (("crop", trim), ("swatch", swatch), ("unsharp", unsharp)):
        yield from _grouped(prefix, values)


def _grouped(prefix: str, values: JsonObject | None) -> Iterator[tuple[str, str]]:
    if values is None:
        return
    if prefix != "crop":
        yield prefix, "on"
    for name, value in values.items():
        if isinstance(value, bool):
            yield from [(f"{prefix}_{name}", "on")] if value else ()
        else:
            yield f"{prefix}_{name}", "" if value is None else str(value)
