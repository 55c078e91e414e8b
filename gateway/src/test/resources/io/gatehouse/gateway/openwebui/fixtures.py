"""Makes one file of each type that Open WebUI's file pane shows, in the folder given. Run by Open WebUI's own Python, which has the libraries."""

import json
import pathlib
import sqlite3
import sys

import docx
import openpyxl
import pptx
from PIL import Image

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def text(name, content):
    (folder / name).write_text(content, encoding="utf-8")


text("page.html", '<h1 id="t">static</h1><img src="pic.png"><script>document.getElementById("t").textContent = "script ran " + (6 * 7)</script>')
text("notes.md", "# Title of notes\n\nSome *text*.\n")
text("data.csv", "name,count\nanna,3\nbob,4\n")
text("data.json", '{"answer": 42}\n')
text("code.py", 'print("hello")\n')
text("vector.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15" fill="green"/></svg>')
cell = {"cell_type": "code", "id": "a", "execution_count": None, "metadata": {}, "outputs": [], "source": "print(6 * 7)"}
text("book.ipynb", json.dumps({"cells": [cell], "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5}))
(folder / "blob.bin").write_bytes(bytes(range(256)) * 4)

image = Image.new("RGB", (64, 48), (30, 120, 200))
image.save(folder / "pic.png")
image.save(folder / "paper.pdf")

document = docx.Document()
document.add_paragraph("Words of a document")
document.save(folder / "words.docx")

book = openpyxl.Workbook()
book.active.append(["fruit", "count"])
book.active.append(["apple", 7])
book.save(folder / "table.xlsx")

slides = pptx.Presentation()
slide = slides.slides.add_slide(slides.slide_layouts[5])
slide.shapes.title.text = "A slide"
slides.save(folder / "slides.pptx")

database = sqlite3.connect(folder / "base.sqlite")
database.execute("CREATE TABLE planets (name TEXT)")
database.execute("INSERT INTO planets VALUES ('Saturn')")
database.commit()
database.close()
