# SPDX-License-Identifier: Apache-2.0
"""What Schemathesis cannot know from a document: who calls, what exists, and what we call precise.

KNOWN names a file that the test wrote:
    document  file of the OpenAPI document
    callers   [{"weight": 5, "headers": {…}, "not": ["POST /api/…"]}]
              one of them makes each call, but not those named
    values    [{"path": "/api/routing/cases/{id}", "in": "path", "name": "id", "values": […]}]
              take the place of good values of that parameter or member ("in": "body"), on this path and
              below: of most, or of the "share" given. Later rows come after earlier ones. Instead of
              "values", "member" names a list in what GET answers for the path before the parameter
    unnamed   codes of 400 that name no field
    beyond    codes of faults that no schema can tell of: what does not exist, what is past; or
              "field code", where it is only so for that field
    answers   file for {operation: {status: count}}
A good body makes way half the time for an example of the document: for that which is named as the path
says ({action} is "assign": the example "assign"), if there is one. A good If-Match is mostly replaced by the ETag of the
resource: what GET answers for the longest part of the path that has one.

Every choice is made from the seed and how many calls the operation has had, so that a run with the same seed repeats
it."""
import atexit
import base64
import collections
import copy
import functools
import json
import os
import random
from collections.abc import Mapping

import requests
import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.core.parameters import ParameterLocation as Location

with open(os.environ["KNOWN"], encoding="utf-8") as file:
    known = json.load(file)

with open(known["document"], encoding="utf-8") as file:
    document = json.load(file)

MOSTLY, HALF = 0.9, 0.5
CREDENTIALS = {"authorization", "x-api-key"}
PARAMETERS = {"path": Location.PATH, "query": Location.QUERY, "header": Location.HEADER}
LOCATIONS = {**PARAMETERS, "body": Location.BODY}

session = requests.Session()
answers = collections.defaultdict(collections.Counter)


def chance_of(case):
    """A source of chance for each call. Not of what was generated alone: that may be the same many times, which would
    then all be made by the same caller."""
    label = case.operation.label
    return random.Random(repr((known["seed"], label, answers[label].total())))


def is_good(case, location):
    return case.meta is None or not case.meta.is_negative_at(location)


# ---- the document ----

def resolve(node):
    while "$ref" in node:
        path = node["$ref"].removeprefix("#/").split("/")
        node = functools.reduce(lambda found, name: found[name], path, document)
    return node


def body_of(operation):
    """{media type: what the document says of it}"""
    return resolve(operation.definition.raw.get("requestBody", {})).get("content", {})


# ---- who calls ----

@schemathesis.auth(refresh_interval=None)
class Caller:
    def get(self, case, context):
        callers = [caller for caller in known["callers"] if case.operation.label not in caller.get("not", [])]
        return chance_of(case).choices(callers, [caller["weight"] for caller in callers])[0]

    def set(self, case, caller, context):
        case.headers.update(caller["headers"])


# ---- what exists ----

def fetch(case, path):
    """What GET answers to the first of the callers who is let in. None if nobody gets 200."""
    for name, value in case.path_parameters.items():
        path = path.replace("{%s}" % name, str(value))
    for caller in known["callers"]:
        answer = session.get(known["base"] + path, headers=caller["headers"], timeout=10)
        if answer.status_code not in (401, 403):
            break
    return answer if answer.status_code == 200 else None


def values_of(entry, case):
    if "values" in entry:
        return entry["values"]
    before = case.operation.path.split("/{%s}" % entry["name"])[0]
    found = fetch(case, before)
    return found.json().get(entry["member"], []) if found is not None else []


def put_values(case, chance, places):
    for entry in known["values"]:
        location = LOCATIONS[entry["in"]]
        container = case.get_container(location)
        wanted = chance.random() < entry.get("share", MOSTLY)
        if (wanted and entry["in"] in places and case.operation.path.startswith(entry["path"])
                and isinstance(container, Mapping) and entry["name"] in container and is_good(case, location)):
            values = values_of(entry, case)
            if values:
                container[entry["name"]] = chance.choice(values)


def put_example(case, chance):
    media = body_of(case.operation).get(case.media_type, {})
    examples = {name: example["value"] for name, example in media.get("examples", {}).items()}
    if "example" in media:
        examples[""] = media["example"]
    if "x-example-base64" in media: # bytes, which no document can hold
        examples[""] = base64.b64decode(media["x-example-base64"])
    named = [name for name in map(str, case.path_parameters.values()) if name in examples]
    wanted = chance.random() < HALF
    if wanted and examples and is_good(case, Location.BODY):
        case.body = copy.deepcopy(examples[chance.choice(named or list(examples))])


def resource_of(path):
    """The longest path from here upwards that ends with a parameter and has a GET."""
    while "}" in path:
        if path.endswith("}") and "get" in document["paths"].get(path, {}):
            return path
        path = path.rpartition("/")[0]
    return None


def put_version(case, chance):
    resource = resource_of(case.operation.path)
    if resource and "If-Match" in case.headers and is_good(case, Location.HEADER):
        found = fetch(case, resource)
        if found is not None and chance.random() < MOSTLY:
            case.headers["If-Match"] = found.headers["ETag"]


@schemathesis.hook
def before_call(context, case, kwargs):
    chance = chance_of(case)
    put_values(case, chance, PARAMETERS)
    put_example(case, chance)
    put_values(case, chance, ["body"])
    put_version(case, chance)


# ---- what was answered ----

@schemathesis.hook
def after_call(context, case, response):
    answers[case.operation.label][response.status_code] += 1


@atexit.register
def write_answers():
    with open(known["answers"], "w", encoding="utf-8") as file:
        json.dump(answers, file)


# ---- what no schema can tell ----

def is_beyond(error):
    """What details there are is data of the process."""
    field, code = error["field"], error["code"]
    return not {code, f"{field} {code}"}.isdisjoint(known["beyond"]) or field.startswith("details.")


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Good input may be called bad (400) for faults that are beyond the document."""
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        errors = errors_of(response)
        return not (errors and all(map(is_beyond, errors)))
    return True


# ---- what we call precise ----

def errors_of(response):
    is_problem = "problem+json" in response.headers["content-type"][0]
    return response.json().get("errors", []) if is_problem else []


def may_be_named(case):
    """Where a fault may lie: documented parameters and members, and what the case sent beside them."""
    names = {"query", "form"}
    for location in PARAMETERS.values():
        names.update(parameter.name for parameter in case.operation.get_parameter_set(location))
        names.update(map(str, case.get_container(location) or {}))
    if isinstance(case.body, Mapping):
        names.update(map(str, case.body))
    elif isinstance(case.body, list):
        names.add("") # the root itself: "[2].text"
    for media in body_of(case.operation).values():
        names |= members_of(media.get("schema", {}))
    return names


def members_of(schema):
    schema = resolve(schema)
    parts = [members_of(part) for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, [])]
    return set(schema.get("properties", {})).union(*parts)


@schemathesis.check
def bad_input_is_named(ctx, response, case):
    """400 says which field is bad, unless the body is no JSON object at all."""
    if response.status_code != 400 or "problem+json" not in response.headers["content-type"][0]:
        return
    problem, errors = response.json(), errors_of(response)
    assert errors or problem["code"] in known["unnamed"], f"{problem['code']} names no field"
    names = may_be_named(case)
    for error in errors:
        field = error["field"]
        assert any(field == name or field.startswith((name + ".", name + "[")) for name in names), (
            f"{field} is neither documented nor sent")
