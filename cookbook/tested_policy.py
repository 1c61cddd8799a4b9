"""From a wish to a tested routing policy: write, check, explain, simulate, test, serve."""
# %% [markdown]
# # From a wish to a tested routing policy
#
# The wish: *OpenAI makes our pictures. When it is down or full, Stability steps in. Nobody waits
# longer than two minutes, no request buys more than three pictures, and what one provider refuses
# for safety is not taken to the next.*
#
# Everything here runs on virtual time against stand-ins for the providers: no account, no key, no
# cost, and a day of traffic takes seconds. It is the engine that serves, not a model of it.

# %%
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

FOLDER = TemporaryDirectory()
HERE = Path(FOLDER.name)


def pixroute(*words: str) -> None:
    """Run a command as a terminal would, and print what it says."""
    command = [sys.executable, "-m", "router", *words]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr, end="")


# %% [markdown]
# ## Write it, and have it checked
#
# A first draft, in which two things are wrong. Each finding says where, why it harms, and what to
# do; `pixroute check --explain CODE` has a page on each.

# %%
DRAFT = """\
strategy: {mode: fallback}
budget: {deadline: 120, attempts: 3}
targets:
  - provider: openai
    override_params: {model: gpt-image-2}
    retry: {attempts: 4}
    request_timeout: 5000
  - provider: stability-ai
    override_params: {model: stable-image-core}
"""
(HERE / "policy.yaml").write_text(DRAFT)
pixroute("check", "--sandbox", "policy.yaml")

# %% [markdown]
# Mended: an attempt may take as long as the model does, and the retries leave one attempt of the
# budget to Stability.

# %%
POLICY = """\
strategy: {mode: fallback}
budget: {deadline: 120, attempts: 3}
targets:
  - provider: openai
    override_params: {model: gpt-image-2}
    retry: {attempts: 1}
    request_timeout: 60000
  - provider: stability-ai
    override_params: {model: stable-image-core}
    request_timeout: 30000
"""
(HERE / "policy.yaml").write_text(POLICY)
pixroute("check", "--sandbox", "policy.yaml")

# %% [markdown]
# ## Have it explained
#
# What would happen to one request: who is asked, what would be said differently to whom, and the
# best and the worst that can come of it. No run exceeds the worst.

# %%
pixroute("explain", "policy.yaml", "--size", "1536x1024", "--quality", "medium")

# %% [markdown]
# ## Let a second candidate compete
#
# With a circuit breaker, requests stop queueing at a provider that is down. Is it worth it? Both
# go through the same forty minutes of a regional outage: the same arrivals, the same failures.

# %%
CANDIDATE = POLICY.replace(
    "strategy: {mode: fallback}\n",
    "strategy:\n  mode: fallback\n  cb_config: {failure_threshold: 5, cooldown_interval: 30000}\n",
)
(HERE / "with-breaker.yaml").write_text(CANDIDATE)
outage = ("--scenario", "regional-outage", "--duration", "40m")
pixroute("simulate", "policy.yaml", "--compare", "with-breaker.yaml", *outage, "--quiet")

# %% [markdown]
# ## Write the wish down as tests
#
# Beside the config, so that whoever edits it later is told what it was for.

# %%
TESTS = """\
config: with-breaker.yaml
tests:
  - name: OpenAI makes the picture
    when: {prompt: a red kite}
    then: {asked: [openai], status: 200}

  - name: Stability steps in when OpenAI is down
    given: {openai: [503]}
    when: {prompt: a red kite}
    then: {asked: [openai, openai, stability-ai], served_by: stability-ai}

  - name: a refusal stays with the provider that gave it
    given: {openai: [refusal]}
    when: {prompt: a red kite}
    then: {asked: [openai], kind: refused}

  - name: nobody waits longer than two minutes
    given: {openai: [{delay: 300}], stability-ai: [{delay: 300}]}
    when: {prompt: a red kite}
    then: {waited_at_most: 120}

  - name: once OpenAI has failed five times it is left alone
    given: {openai: [503]}
    when:
      - {prompt: a red kite, repeat: 3}
      - {prompt: a blue kite, at: 20}
    then:
      - {served_by: stability-ai}
      - {asked: [stability-ai]}
"""
(HERE / "with-breaker.test.yaml").write_text(TESTS)
pixroute("test", ".")

# %% [markdown]
# ## Serve it
#
# The same file behind HTTP, for any OpenAI or Portkey client. In the sandbox still; without
# `--sandbox`, and with keys in the environment, it asks the providers.

# %%
options = ["--sandbox", "--configs", ".", "--port", "0", "--quiet"]
serve = [sys.executable, "-m", "router", "serve", *options]
with subprocess.Popen(serve, cwd=HERE, stderr=subprocess.PIPE, text=True) as gateway:
    try:
        assert gateway.stderr is not None
        greeting = next(line for line in gateway.stderr if "http://" in line)
        address = re.findall(r"http://[\d.]+:\d+", greeting)[0]
        answer = httpx.post(
            f"{address}/v1/images/generations",
            headers={"x-portkey-config": "with-breaker"},
            json={"prompt": "a red kite over the dunes"},
            timeout=60,
        )
    finally:
        gateway.terminate()

print(answer.status_code, f"{len(answer.content) / 1e6:.1f} MB")
for name in ("provider", "route", "cost", "attempts"):
    print(f"x-portkey-{name}: {answer.headers[f'x-portkey-{name}']}")

# %%
FOLDER.cleanup()
