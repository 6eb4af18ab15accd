"""Parse YAML into nodes that know their lines; nothing in a file is run or multiplied. Pure."""

import yaml

from afterword.apply.problems import Problems

MOST_BYTES = 1024 * 1024
DEEPEST = 20
_QUESTION = ' Within {…} or […], put a text with a ? in quotes: {text: "Why?"}.'
_PLAIN = "tag:yaml.org,2002:"
# A plain = is a `value`, a plain << a `merge`.
_TAGS = {
    _PLAIN + kind
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq")
}


class _Loader(yaml.SafeLoader):
    """Composes nodes only so deep, and only of the kinds that a plain file has."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if self._depth > DEEPEST:
            mark = parent.start_mark if parent else None
            raise yaml.MarkedYAMLError(problem="this is nested too deeply", problem_mark=mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        if node is not None and node.tag not in _TAGS:
            problem = f"the tag {node.tag} has no meaning here: leave it out"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return node


def parse(content: bytes, problems: Problems) -> yaml.Node:
    """Return the file's one document; raises FileRefused if it is not YAML.

    An alias is the same node again, so a few lines cannot stand for millions of nodes.
    """
    try:
        node = _Loader(_text(content)).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part)
        hint = _QUESTION if words.endswith("'?'") else ""
        problems.add(mark.line + 1 if mark else 1, "", f"This is not YAML: {words}.{hint}")
    except (yaml.YAMLError, ValueError) as error:
        problems.add(1, "", f"This is not a text file in UTF-8: {str(error).splitlines()[0]}.")
    else:
        if node is None:
            problems.add(1, "", "The file is empty: begin with workspace: {name: Acme}.")
    problems.refuse_if_any()
    assert node is not None
    return node


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise ValueError("it is larger than 1 MB")
    return content.decode("utf-8-sig")
