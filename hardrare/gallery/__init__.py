"""Gallery: a ranking as one page to look through, that opens from disk and loads nothing.

`contents` chooses the samples that the page holds, `read` reads them from a study's tables,
`maps` places them, `thumbnails` makes their small pictures, `judges` says who judged, `page`
writes the HTML (`page.html`, `page.css`, `page.js`). Nothing here imports torch; labels serve
the likely mislabeled alone.
"""
