"""Another program says something in a room: `python examples/publish_from_outside.py BRANCH_ID`.

Whoever is in the room gets it, marked `"signal": true`. Signals are in no log: who is not there misses
them. They may not look like an event or a message of the server's own; such ones are refused.
"""

import argparse
import json

import redis

parser = argparse.ArgumentParser()
parser.add_argument("branch", help="the id of a branch")
parser.add_argument("--redis", default="redis://127.0.0.1:6379", help="what RESTAI_REDIS_URL says")
parser.add_argument("--prefix", default="", help="what RESTAI_REDIS_PREFIX says")
asked = parser.parse_args()

signal = {"type": "printer:paper", "printer": "Grill", "left": "low"}
heard = redis.Redis.from_url(asked.redis).publish(f"{asked.prefix}branch:{asked.branch}", json.dumps(signal))
print(f"{heard} process{'' if heard == 1 else 'es'} heard it")
