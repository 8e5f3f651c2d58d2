"""Verifies webhooks as receivers do.

usage: verify.py SITE LIBRARY SECRET FILE      SITE is the folder of the library, FILE has {headers, body} a line

Prints `good`, or `bad` and why, for each line.
"""

import importlib
import json
import sys

site, library, secret, path = sys.argv[1:]
sys.path.insert(0, site)
webhook = importlib.import_module(library).Webhook(secret)
with open(path, encoding="utf-8") as messages:
    for line in messages:
        message = json.loads(line)
        try:
            webhook.verify(message["body"], message["headers"])
            print("good")
        except Exception as error:
            print("bad:", type(error).__name__, error)
