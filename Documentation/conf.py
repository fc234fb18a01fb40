# SPDX-License-Identifier: Apache-2.0
# Sphinx builds the documentation from this folder (make docs).
import pathlib

project = 'Fovea'
author = 'The Fovea authors'
copyright = author

html_theme = 'alabaster'
html_theme_options = {'page_width': '1100px', 'sidebar_width': '240px'}
html_show_copyright = False
highlight_language = 'none'

# man/NAME.SECTION.rst is the manual page NAME(SECTION).
man_pages = [
    ('man/' + page.stem, page.stem.rpartition('.')[0], '', [],
     page.stem.rpartition('.')[2])
    for page in sorted(pathlib.Path(__file__).parent.glob('man/*.rst'))
]
