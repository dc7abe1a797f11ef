"""Requests made from the OpenAPI document alone: what a route requires, with its examples."""

from typing import Any


class Examples:
    """Values that fit the schemas of a document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas: dict[str, Any] = document["components"]["schemas"]

    def query(self, operation: dict[str, Any]) -> dict[str, Any]:
        """The required query parameters."""
        return {
            parameter["name"]: self.value(parameter["schema"])
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "query" and parameter["required"]
        }

    def body(self, operation: dict[str, Any]) -> tuple[str, Any] | None:
        """The media type of the body and its required fields; None where there is no body."""
        content = operation.get("requestBody", {}).get("content")
        if content is None:
            return None
        media_type, described = next(iter(content.items()))
        return media_type, self.value(described["schema"])

    def value(self, schema: dict[str, Any]) -> Any:
        """An example of a schema, else the least that fits it."""
        for given in ("const", "default"):
            if given in schema:
                return schema[given]
        for several in ("examples", "enum"):
            if schema.get(several):
                return schema[several][0]
        if "$ref" in schema:
            return self.value(self._schemas[schema["$ref"].rpartition("/")[2]])
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self.value(schema[choice][0])
        return self._least(schema)

    def _least(self, schema: dict[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                required = schema.get("required", [])
                return {name: self.value(schema["properties"][name]) for name in required}
            case "array":
                return [self.value(schema["items"])] * schema.get("minItems", 1)
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
            case _:
                return "x" * schema.get("minLength", 1)
