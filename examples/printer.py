"""The kitchen's printer: `python examples/printer.py 192.168.0.50`, a ticket for whatever is to be cooked.

What it printed and its place in the branch's log are in one journal: started again, it goes on from there. A
ticket in the middle of which it crashed is printed anew, and says so. Have it started again when it ends.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import sys
from contextlib import aclosing

from escpos.printer import Network

from restai_sdk import Client, Listener, login


class Printer(Listener):
    def __init__(self, paper, journal):
        self.paper, self.journal = paper, sqlite3.connect(journal)
        self.journal.execute("CREATE TABLE IF NOT EXISTS printed (line TEXT PRIMARY KEY, state TEXT)")
        self.journal.execute("CREATE TABLE IF NOT EXISTS kept (branch TEXT PRIMARY KEY, snapshot TEXT)")

    def changed(self, branch, snapshot):
        for order in snapshot["orders"] if snapshot else []:
            due = [line for line in order["items"] if is_to_cook(order, line)]
            if lines := [line for line in due if self.state(line) != "whole"]:
                self.print(order, lines)
        with self.journal:
            self.journal.execute("REPLACE INTO kept VALUES (?, ?)", (branch, json.dumps(snapshot)))

    def print(self, order, lines):
        again = "  PRINTED BEFORE?" if any(map(self.state, lines)) else ""
        self.note(lines, "begun")
        self.paper.open()
        self.paper.textln(f"#{order['orderNumber']}  table {order['tableNumber'] or '-'}{again}")
        for line in lines:
            more = [modifier["name"] for modifier in line["modifiers"]] + [line["notes"]]
            self.paper.textln(", ".join([f"{line['quantity']} x {line['name']}", *filter(None, more)]))
        self.paper.cut()
        self.paper.close()
        self.note(lines, "whole")

    def state(self, line):
        found = self.journal.execute("SELECT state FROM printed WHERE line = ?", [line["id"]]).fetchone()
        return found and found[0]

    def note(self, lines, state):
        with self.journal:
            self.journal.executemany("REPLACE INTO printed VALUES (?, ?)", [(x["id"], state) for x in lines])


def is_to_cook(order, line):
    begun = order["status"] != "pending" and line["status"] in ("pending", "preparing")
    return begun and line["station"] != "none"


async def run(url, token, printer):
    client = Client(url, token, listener=printer)
    for branch, snapshot in printer.journal.execute("SELECT * FROM kept WHERE snapshot <> 'null'"):
        client.goes_on(branch, json.loads(snapshot))
    async with client:
        return (await client.ended()).reason


async def main(asked):
    who = os.environ["RESTAI_EMAIL"], os.environ["RESTAI_PASSWORD"]
    async with aclosing(await login(asked.url, *who)) as token:
        return await run(asked.url, token, Printer(Network(asked.printer, asked.port), asked.journal))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("printer", help="its address")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--url", default="http://127.0.0.1:3001", help="where RestAI is")
    parser.add_argument("--journal", default="printer.db", help="the file that remembers")
    sys.exit(asyncio.run(main(parser.parse_args())))
