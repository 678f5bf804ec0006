"""The emulator of AWS, with what it lacks and an installation of Plumbline needs."""

import json
import os
import time

from ministack import app as emulator
from ministack.core import iam_actions, lambda_runtime
from ministack.core.concurrency import esm_wake
from ministack.services import eks, sqs
from ministack.services.cloudformation import provisioners


def value_of(answer):
    status, _headers, body = answer
    if status >= 300:
        raise ValueError(f"AWS::EKS::AccessEntry: {body!r}")
    return json.loads(body)


def create_entry(_logical_id, props, _stack):
    """CloudFormation makes access entries, with their policies."""
    cluster, principal = props["ClusterName"], props["PrincipalArn"]
    fields = {name[0].lower() + name[1:]: props[name] for name in ("Username", "Type") if name in props}
    fields |= {"principalArn": principal, "kubernetesGroups": props.get("KubernetesGroups", [])}
    entry = value_of(eks._create_access_entry(cluster, fields))["accessEntry"]
    for policy in props.get("AccessPolicies", []):
        scope = {name.lower(): value for name, value in policy["AccessScope"].items()}
        value_of(eks._associate_access_policy(cluster, principal, {"policyArn": policy["PolicyArn"], "accessScope": scope}))
    return f"{principal}|{cluster}", {"AccessEntryArn": entry["accessEntryArn"]}


def delete_entry(_physical_id, props):
    eks._delete_access_entry(props["ClusterName"], props["PrincipalArn"])


def update_entry(physical_id, old_props, props, stack):
    delete_entry(physical_id, old_props)
    return create_entry(None, props, stack)


provisioners._RESOURCE_HANDLERS["AWS::EKS::AccessEntry"] = {
    "create": create_entry,
    "update": update_entry,
    "delete": delete_entry,
}

describe_cluster = eks._describe_cluster


def describe_real_cluster(name):
    """A cluster is where the file says that the test has put its API server."""
    status, headers, body = describe_cluster(name)
    path = os.environ.get("PLUMB_TEST_CLUSTERS")
    if status != 200 or path is None:
        return status, headers, body
    with open(path, encoding="utf-8") as file:
        real = json.load(file).get(name, {})
    cluster = json.loads(body)["cluster"] | real
    return status, headers, json.dumps({"cluster": cluster}).encode()


eks._describe_cluster = describe_real_cluster

extract_resource_arn = iam_actions.extract_resource_arn


def resource_arn(service, method, path, headers, body, query_params, region, account_id):
    """A right to read parameters below a path is a right to that path, and not to all."""
    found = extract_resource_arn(service, method, path, headers, body, query_params, region, account_id)
    if service != "ssm" or found != "*":
        return found
    below = iam_actions._safe_json_field(body, "Path")
    return f"arn:aws:ssm:{region}:{account_id}:parameter/{below.strip('/')}" if below else found


iam_actions.extract_resource_arn = resource_arn

extract_iam_action = iam_actions.extract_iam_action


def iam_action(service, *request):
    """Whoever may send a message to a queue may send several at once."""
    found = extract_iam_action(service, *request)
    return found.removesuffix("Batch") if service == "sqs" and found else found


iam_actions.extract_iam_action = iam_action

spawn = lambda_runtime.Worker._spawn


def spawn_apart(worker):
    """What a function keeps in /tmp is no other installation's."""
    own = os.environ["TMPDIR"]
    variables = worker.config.get("Environment", {}).get("Variables", {})
    moved = {name: own + value if value.startswith("/tmp/") else value for name, value in variables.items()}
    worker.config = worker.config | {"Environment": {"Variables": moved}}
    spawn(worker)


lambda_runtime.Worker._spawn = spawn_apart

serve = emulator.app


async def serve_tests(scope, receive, send):
    """POST /_test/show/QUEUE shows messages that are not to be seen yet, as if the time were up that they are kept back for."""
    path = scope.get("path", "")
    if not path.startswith("/_test/show/"):
        return await serve(scope, receive, send)
    now = time.time()
    for queue in list(sqs._queues.to_dict().values()):
        if queue["name"] == path.rsplit("/", 1)[1]:
            for message in queue["messages"]:
                message["visible_at"] = min(message["visible_at"], now)
    esm_wake.set()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


emulator.app = serve_tests

if __name__ == "__main__":
    emulator.main()
