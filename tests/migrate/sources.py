"""Sources: configs of LiteLLM's and Portkey's as people might write them, drawn at random."""

from hypothesis import strategies as st

from router.migrate.litellm_classes import COOLED_CLASSES
from router.migrate.part import VARIABLE

GROUPS = st.sampled_from(["pictures", "sketches", "posters", "talk", "azure/murals", "on", "12:30"])
MODELS = st.sampled_from(
    [
        "openai/gpt-image-1",
        "dall-e-3",
        "azure/gpt-image-1",
        "azure/murals",
        "stability/stable-image-core",
        "recraft/recraftv3",
        "gemini/imagen-4.0-generate-001",
        "replicate/black-forest-labs/flux-dev",
        "together_ai/black-forest-labs/FLUX.1-schnell",
        "hosted_vllm/qwen-image",
        "xinference/sdxl",
        "vertex_ai/imagegeneration@006",
        "bedrock/stability.sd3-large-v1:0",
        "openai/gpt-4o",
        "openai/*",
        "nobody/knows-image",
    ]
)
HOSTS = st.sampled_from(
    [
        f"{VARIABLE}AZURE_API_BASE",
        "https://atelier.openai.azure.com/",
        "https://pictures.example.com/v1",
        "https://user:pass@pictures.example.com/v1",
        "https://api.openai.com/v1",
        "http://127.0.0.1:8000",
        "<your endpoint>",
        "${ODD",
    ]
)
KEYS = st.sampled_from([f"{VARIABLE}OPENAI_API_KEY", "sk-1234", "", "${ODD", "f" * 32])
STRATEGIES = st.sampled_from(
    ["simple-shuffle", "least-busy", "latency-based-routing", "cost-based-routing", "of-our-own"]
)
COUNTS = st.integers(0, 7)
SECONDS = st.floats(0, 900) | st.integers(0, 900) | st.just("30")
FLAGS = st.booleans() | st.just("true")
ODD = st.text(max_size=8) | st.sampled_from(["\N{GRINNING FACE}\u0085\x7f", "a: b # c", "- ", "~"])


def some(**values):
    """Draw a mapping of some of the keys."""
    return st.fixed_dictionaries({}, optional=values)


POLICY = st.dictionaries(st.sampled_from([f"{name}Retries" for name in COOLED_CLASSES]), COUNTS)
ALLOWED = st.dictionaries(
    st.sampled_from([f"{name}AllowedFails" for name in COOLED_CLASSES]), st.integers(0, 2000)
)
FALLBACKS = st.lists(
    st.dictionaries(GROUPS | st.just("*"), st.lists(GROUPS | ODD, max_size=3), max_size=2),
    max_size=3,
)
RELIABILITY = {
    "num_retries": COUNTS,
    "fallbacks": FALLBACKS,
    "default_fallbacks": st.lists(GROUPS, max_size=2),
    "content_policy_fallbacks": FALLBACKS,
    "context_window_fallbacks": FALLBACKS,
    "allowed_fails": COUNTS,
    "cooldown_time": SECONDS,
    "stream_timeout": SECONDS,
}
PARAMS = st.fixed_dictionaries(
    {"model": MODELS},
    optional={
        "api_key": KEYS,
        "api_base": HOSTS,
        "api_version": st.just("2025-04-01-preview"),
        "azure_ad_token": KEYS,
        "organization": ODD,
        "timeout": SECONDS,
        "stream_timeout": SECONDS,
        "rpm": COUNTS,
        "tpm": COUNTS,
        "weight": SECONDS,
        "order": COUNTS,
        "num_retries": COUNTS,
        "cooldown_time": SECONDS,
        "max_parallel_requests": COUNTS,
        "drop_params": FLAGS,
        "additional_drop_params": st.just(["style"]),
        "size": ODD,
        "n": COUNTS,
        "quality": ODD,
        "extra_headers": st.just({"x-own": "1"}),
        "unheard_of": ODD,
        "custom_llm_provider": st.sampled_from(["openai", "azure", "stability"]),
        "litellm_credential_name": st.just("main"),
    },
)
LITELLM = st.fixed_dictionaries(
    {
        "model_list": st.lists(
            st.fixed_dictionaries(
                {"model_name": GROUPS, "litellm_params": PARAMS},
                optional={
                    "model_info": some(
                        mode=st.sampled_from(["image_generation", "chat"]),
                        base_model=st.sampled_from(["azure/gpt-image-1", "azure/gpt-4o"]),
                        id=st.sampled_from(["one", "two", 3]),
                    )
                },
            ),
            min_size=1,
            max_size=6,
        ),
        "credential_list": st.just(
            [{"credential_name": "main", "credential_values": {"api_key": "sk-main"}}]
        ),
    },
    optional={
        "router_settings": some(
            **RELIABILITY,
            routing_strategy=STRATEGIES,
            timeout=SECONDS,
            retry_policy=POLICY,
            model_group_retry_policy=st.dictionaries(GROUPS, POLICY, max_size=2),
            allowed_fails_policy=ALLOWED,
            disable_cooldowns=FLAGS,
            enable_pre_call_checks=FLAGS,
            max_fallbacks=COUNTS,
            default_max_parallel_requests=COUNTS,
            model_group_alias=st.dictionaries(
                ODD, GROUPS | st.builds(lambda name: {"model": name}, GROUPS), max_size=3
            ),
            redis_host=ODD,
            unheard_of=ODD,
        ),
        "litellm_settings": some(
            **RELIABILITY,
            request_timeout=SECONDS,
            drop_params=FLAGS,
            cache=FLAGS,
            cache_params=some(
                ttl=SECONDS, type=ODD, supported_call_types=st.just(["aimage_generation"])
            ),
        ),
        "general_settings": st.just({"master_key": "sk-1234"}),
        "unheard_of": ODD,
    },
)

CODES = st.lists(st.sampled_from([241, 400, 403, 408, 429, 500, 503]), max_size=4)
SLUGS = st.sampled_from(["oa-main", "az-west", "bedrock-prod", "our-own", "st.main"])
BREAKER = st.fixed_dictionaries(
    {"failure_threshold": st.integers(1, 9)},
    optional={"cooldown_interval": st.integers(1, 90_000), "wrong": ODD},
)
TARGETS = some(
    provider=st.sampled_from(["openai", "stability-ai", "anthropic", "bedrock", "openai"]),
    virtual_key=SLUGS,
    override_params=some(
        model=st.sampled_from(["gpt-image-2", "@oa-main/gpt-image-2", "@openai/dall-e-3"]),
        prompt=ODD,
        api_key=ODD,
    ),
    default_params=some(quality=ODD, note=st.just("sk-Abcdefgh0123456789")),
    drop_params=st.just(["style"]),
    retry=some(on_status_codes=CODES).map(lambda retry: {"attempts": 2, **retry}) | COUNTS,
    cache=some(mode=st.sampled_from(["simple", "semantic"]), max_age=SECONDS.filter(bool))
    | st.just("semantic"),
    request_timeout=st.integers(1, 90_000),
    weight=st.integers(1, 9),
    id=ODD,
    input_guardrails=st.just(["pg-1"]),
    aws_region=ODD,
    retrry=ODD,
)


@st.composite
def _groups(draw, inner):
    """Draw a group whose conditions name targets of its own."""
    targets = [
        {**target, "name": f"t{i}"} for i, target in enumerate(draw(st.lists(inner, min_size=1)))
    ]
    names = st.sampled_from([target["name"] for target in targets])
    mode = draw(st.sampled_from(["single", "fallback", "loadbalance", "conditional"]))
    strategy = {"mode": mode, **draw(some(cb_config=BREAKER, unheard_of=ODD))}
    if mode == "fallback":
        strategy |= draw(some(on_status_codes=CODES))
    if mode == "conditional":
        query = st.sampled_from(
            [
                {"params.model": {"$eq": "gpt-image-2"}},
                {"metadata.key": "sk-Abcdefgh0123456789", "$or": [{"params.n": {"$gt": 1}}]},
            ]
        )
        condition = st.fixed_dictionaries({"query": query, "then": names})
        strategy["conditions"] = draw(st.lists(condition, max_size=2))
        strategy |= draw(some(default=names))
    return {"strategy": strategy, "targets": targets}


PORTKEY = st.recursive(TARGETS, _groups, max_leaves=6)
