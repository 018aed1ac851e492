"""Write the OpenAPI description as a page."""

from html import escape
from typing import Any


def docs_html(openapi: dict[str, Any]) -> str:
    """Write the OpenAPI description as a page without scripts."""
    endpoints = []
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            endpoints.append(_endpoint_html(path, method, operation))
    schemas = []
    for name, schema in openapi["components"]["schemas"].items():
        schemas.append(_schema_html(name, schema))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<title>inquote: HTTP interface</title>"
        '<meta name="viewport" content="width=device-width">'
        '<link rel="icon" href="favicon.ico"><link rel="stylesheet" href="page/style.css"></head>'
        '<body class="docs"><main>'
        f"<h1>HTTP interface</h1><p>{escape(openapi['info']['description'])} "
        'The machine-readable description is <a href="openapi.json">/openapi.json</a>.</p>'
        f"{''.join(endpoints)}<h2>Objects</h2>{''.join(schemas)}</main></body></html>"
    )


def _endpoint_html(path: str, method: str, operation: dict[str, Any]) -> str:
    """Write what an endpoint does, and what each status code means."""
    outcomes = []
    for code, response in operation["responses"].items():
        outcomes.append(f"<li><b>{escape(code)}</b> {escape(response['description'])}</li>")
    description = escape(operation.get("description", ""))
    parameters = []
    for parameter in operation.get("parameters", []):
        name = escape(parameter["name"])
        parameters.append(f"<li><code>{name}</code> {escape(parameter['description'])}</li>")
    taken = f"<ul>{''.join(parameters)}</ul>" if parameters else ""
    return (
        f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
        f"<p>{escape(operation['summary'])}. {description}</p>{taken}<ul>{''.join(outcomes)}</ul>"
    )


def _schema_html(name: str, schema: dict[str, Any]) -> str:
    """Write an object's description, and its fields as a table."""
    rows = []
    for field, spec in schema.get("properties", {}).items():
        rows.append(
            f"<tr><th scope='row'><code>{escape(field)}</code></th>"
            f"<td>{escape(_type_name(spec))}</td>"
            f"<td>{escape(spec.get('description', ''))}</td></tr>"
        )
    return (
        f"<h3><code>{escape(name)}</code></h3><p>{escape(schema.get('description', ''))}</p>"
        f"<table>{''.join(rows)}</table>"
    )


def _type_name(spec: dict[str, Any]) -> str:
    """Name a JSON schema's type in a few words.

    >>> _type_name({"anyOf": [{"type": "string"}, {"type": "null"}]})
    'string or null'
    """
    if "anyOf" in spec:
        return " or ".join(map(_type_name, spec["anyOf"]))
    if "$ref" in spec:
        return str(spec["$ref"]).rsplit("/", 1)[-1]
    kind = str(spec.get("type", "any"))
    return f"list of {_type_name(spec.get('items', {}))}" if kind == "array" else kind
