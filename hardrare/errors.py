"""The one error that people are meant to read."""


class InputError(ValueError):
    """Something given from outside is wrong: data, a path, a parameter.

    Its text is one sentence that names the thing and the remedy. A stage prints
    it without a traceback and exits with status 1.
    """
