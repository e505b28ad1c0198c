"""The one error that people are meant to read, and those of the system in words."""

import errno

FULL = (errno.ENOSPC, errno.EDQUOT)
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


class InputError(ValueError):
    """Something given from outside is wrong: data, a path, a parameter.

    Its text is one sentence that names the thing and the remedy. A stage prints
    it without a traceback and exits with status 1.
    """


def sentence(error: InputError | OSError) -> str:
    """An error as one sentence for people.

    >>> sentence(OSError(errno.ENOSPC, "No space left on device"))
    'no room is left on the disk; free some, then call the same command again to go on.'
    >>> sentence(PermissionError(errno.EACCES, "Permission denied", "out/a.arrow"))
    'out/a.arrow: the system refuses it (Permission denied); allow it, or name another place.'
    >>> sentence(OSError(errno.ENAMETOOLONG, "File name too long", "aaa"))
    'aaa: the system refuses it (File name too long); mend that, or name another.'
    """
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    thing = f"{error.filename}: " if error.filename else ""
    if error.errno in FULL:
        remedy = "free some, then call the same command again to go on"
        return f"{thing}no room is left on the disk; {remedy}."
    refused = error.errno in REFUSED
    remedy = "allow it, or name another place" if refused else "mend that, or name another"
    return f"{thing}the system refuses it ({error.strerror}); {remedy}."
