"""Gallery: a ranking as one page to look through, that opens from disk and loads nothing.

`contents` chooses the samples that the page holds, `maps` places them, `read` reads the
tables, `sheets` packs their thumbnails, `page` writes the HTML (`page.html`,
`page.css`, `page.js`). Nothing here imports torch; labels serve the likely mislabeled alone.
"""
