class DocumentError(Exception):
    """
    The upload cannot become an invoice.

    :param details: one line each, in the words the service uses ("ERROR: INVOICE DATE NOT FOUND")
    """

    def __init__(self, *details: str) -> None:
        super().__init__(*details)
        self.details = list(details)


class FormatNotSimulatedError(Exception):
    """The file is recognised, but no reader or writer for its format exists here; `args[0]` is the format's word."""
