"""How forms lay their fields out: some side by side on a wide screen, below each other on a narrow one."""

from crispy_forms.layout import Column, Row


def side_by_side(*names: str, of: int = 0) -> Row:
    """
    Return a row of fields, each as wide as the others.

    :param of: how many would fill the row; 0: these do
    """
    return Row(*(Column(name, css_class=f"lg:w-1/{of or len(names)}") for name in names))
