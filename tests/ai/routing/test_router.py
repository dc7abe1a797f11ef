from collections import Counter

from ai.chat.chat_model import ChatModel
from ai.chat.errors import UpstreamFailedError
from ai.chat.scripted import ScriptedChatModel
from ai.routing.breaker import FAILURES_TO_OPEN
from ai.routing.deployment import Alias, Tier
from ai.routing.errors import RegistryError
from ai.routing.metering import AttemptUsage
from ai.routing.registry import Registry
from ai.routing.routed_deployment import OpenedChatModel
from ai.routing.router import ModelRouter
from tests.ai.chat.examples import answer, request
from tests.support.chat_models import INSTRUCTION, definition, router_over, tools

ASKED = request("What is work?")


def saying(name: str) -> ScriptedChatModel:
    return ScriptedChatModel([[f"I am {name}."]], name=name)


def router_with(registry: Registry, *models: ChatModel) -> ModelRouter:
    return ModelRouter(
        tools({model.name: model for model in models}), registry, instruction=INSTRUCTION
    )


def test_without_deployments_the_grounded_model_answers() -> None:
    chosen = router_over().choose()

    assert (chosen.chat_model.name, chosen.notice) == ("grounded", None)


async def test_a_model_is_chosen_by_alias_or_by_its_own_name() -> None:
    router = router_over(saying("a"), saying("b"))

    assert await answer(router.choose("tutor").chat_model, ASKED) == "I am a."
    assert await answer(router.choose("b").chat_model, ASKED) == "I am b."
    assert router.choose("grounded").chat_model.name == "grounded"


def test_an_unknown_name_is_the_tutor_and_says_so() -> None:
    chosen = router_over(saying("a")).choose("gpt-9")

    assert chosen.chat_model.name == "a"
    assert chosen.notice == "There is no chat model “gpt-9” here, so “a” answers."


async def test_behind_a_model_asked_for_by_name_stand_those_of_the_tutor() -> None:
    broken = ScriptedChatModel([[UpstreamFailedError("b", "500")]], name="b")
    router = router_over(saying("a"), broken)

    assert await answer(router.choose("b").chat_model, ASKED) == "I am a."


def test_an_alias_keeps_its_turn_from_one_question_to_the_next() -> None:
    router = router_over(saying("a"), saying("b"), strategy="round_robin")

    chosen = Counter(router.choose().chat_model.name for _ in range(10))

    assert chosen == {"a": 5, "b": 5}


def test_the_tier_of_a_question_decides_among_deployments_of_several_tiers() -> None:
    registry = Registry(
        {"big": definition(tier="complex"), "small": definition(tier="simple")},
        {"tutor": Alias(deployments=("big", "small"))},
    )
    router = router_with(registry, saying("big"), saying("small"))

    assert router.choose().chat_model.name == "big"
    assert router.choose(tier=Tier.SIMPLE).chat_model.name == "small"
    assert router.choose(tier=Tier.STANDARD).chat_model.name == "big"


async def test_with_the_first_of_three_deployments_failing_no_answer_fails() -> None:
    first = ScriptedChatModel([[UpstreamFailedError("a", "500")]], name="a")
    router = router_over(first, saying("b"), saying("c"))

    answers = [await answer(router.choose().chat_model, ASKED) for _ in range(100)]

    assert set(answers) == {"I am b."}
    assert len(first.requests) == FAILURES_TO_OPEN
    assert router.choose().chat_model.name == "b"


async def test_a_revived_deployment_is_asked_again_after_the_pause() -> None:
    clock = [0.0]
    scripts = [[UpstreamFailedError("a", "500")]] * FAILURES_TO_OPEN + [["I am a."]]
    router = router_over(
        ScriptedChatModel(scripts, name="a"), saying("b"), monotonic=lambda: clock[0]
    )
    for _ in range(FAILURES_TO_OPEN):
        await answer(router.choose().chat_model, ASKED)
    clock[0] += 10

    assert await answer(router.choose().chat_model, ASKED) == "I am a."
    assert router.deployments["a"].breaker.state == "closed"


async def test_every_attempt_is_reported_with_what_it_took() -> None:
    reported: list[AttemptUsage] = []

    class Sink:
        def record(self, attempt: AttemptUsage) -> None:
            reported.append(attempt)

    broken = ScriptedChatModel([["Work ", UpstreamFailedError("a", "cut off")]], name="a")
    router = router_over(broken, saying("b"))
    router.report_to(Sink())

    await answer(router.choose().chat_model, ASKED)

    assert [(a.deployment, a.outcome, a.is_estimated) for a in reported] == [
        ("a", "chat_model_upstream_failed", True),
        ("b", "ok", False),
    ]
    assert reported[0].usage.completion_tokens == 2
    assert all(a.first_token_seconds is not None for a in reported)
    gauge = router.deployments["a"].gauge
    assert (gauge.attempts, gauge.success_share) == (1, 0.0)
    assert gauge.last_error is not None
    assert "cut off" in gauge.last_error.detail


def test_a_new_registry_keeps_what_has_not_changed() -> None:
    router = router_over(saying("a"), saying("b"))
    a, b = router.deployments["a"], router.deployments["b"]
    changed = {"a": a.definition, "b": definition(weight=2)}

    router.apply(Registry(changed, router.registry.aliases))

    assert router.deployments["a"] is a
    assert router.deployments["b"] is not b


async def test_a_deployment_taken_out_is_closed_when_its_last_answer_has_ended() -> None:
    router = router_over(saying("a"))
    retired = router.deployments["a"]
    stream = router.choose().chat_model.stream(ASKED)
    await anext(stream)
    router.apply(Registry())

    await router.close_retired()
    was_closed = retired._opened.is_closed
    rest = [chunk async for chunk in stream]
    await router.close_retired()

    assert (was_closed, retired._opened.is_closed) == (False, True)
    assert len(rest) == 1


def test_a_deployment_that_cannot_be_opened_is_left_out_and_told() -> None:
    def refuse(name: str, _: object) -> OpenedChatModel:
        raise RegistryError("key", f"no key for {name}")

    base = tools({})
    router = ModelRouter(
        type(base)(refuse, base.sharing, base.monotonic, base.now, base.sleep),
        Registry({"a": definition()}),
        instruction=INSTRUCTION,
    )

    assert router.choose().chat_model.name == "grounded"
    assert router.unusable["a"].reason == "no key for a"
