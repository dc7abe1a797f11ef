"""Chooses who answers: a name leads to deployments, a strategy orders them, a chain asks them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from ai.chat.chat_model import ChatModel
from ai.chat.grounded import GroundedChatModel
from ai.routing.deployment import Alias, Deployment, Tier
from ai.routing.errors import RegistryError
from ai.routing.fallback import FallbackChatModel
from ai.routing.metering import UsageSink, UsageSinks
from ai.routing.registry import TUTOR, Registry
from ai.routing.routed_deployment import RoutedDeployment, RoutingTools
from ai.routing.strategies import ORDERINGS, InOrder, Ordering, by_tier

ANSWER_SECONDS = 270.0
"""For a whole chain; below the limit of an answer, so that the grounded model can still end it."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A chain of chat models for one answer.

    Attributes:
        asked_as: The alias or deployment that it stands for.
        notice: Why it is not the one asked for.
        context_window: Tokens of the smallest window in the chain, as whoever is asked next gets
            the same; None where only the grounded model is asked, which has none.
    """

    chat_model: ChatModel
    asked_as: str
    notice: str | None = None
    context_window: int | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A deployment that this process cannot use, and why."""

    definition: Deployment
    reason: str


class ModelRouter:
    """The chat models of this process, as the registry last given describes them.

    Attributes:
        base: The registry it was made with: the models file or the settings.
        unusable: Deployments whose key, say, is not to be found in this process.
    """

    def __init__(
        self,
        tools: RoutingTools,
        base: Registry,
        *,
        instruction: str,
        grounded: ChatModel | None = None,
    ) -> None:
        """Starts with a registry; without deployments in it the grounded model answers.

        Args:
            tools: What deployments are made with.
            base: What to start with.
            instruction: How a model is asked to go on that cannot go on from a prefix.
            grounded: Ends every chain.
        """
        self._tools = tools
        self._instruction = instruction
        self._grounded = grounded or GroundedChatModel()
        self._sinks = UsageSinks()
        self._registry = Registry()
        self._deployments: dict[str, RoutedDeployment] = {}
        self._retired: list[RoutedDeployment] = []
        self._orderings: dict[str, tuple[Alias, Ordering]] = {}
        self.unusable: dict[str, Unusable] = {}
        self.base = base
        self.apply(base)

    @property
    def has_deployments(self) -> bool:
        """Whether anything but the grounded model may answer."""
        return bool(self._deployments)

    def report_to(self, sink: UsageSink) -> None:
        """Tells `sink` of every attempt at a deployment from now on."""
        self._sinks.add(sink)

    @property
    def registry(self) -> Registry:
        """The registry in use."""
        return self._registry

    @property
    def deployments(self) -> Mapping[str, RoutedDeployment]:
        """Those that can be used, by name."""
        return self._deployments

    def apply(self, registry: Registry) -> None:
        """Takes on a registry; what has not changed in it keeps its state and connections.

        A deployment that cannot be opened is left out and told in `unusable`.
        """
        kept: dict[str, RoutedDeployment] = {}
        unusable: dict[str, Unusable] = {}
        for name, definition in registry.deployments.items():
            present = self._deployments.get(name)
            if present is not None and present.definition == definition:
                kept[name] = present
                continue
            try:
                kept[name] = RoutedDeployment(name, definition, self._tools, self._sinks)
            except RegistryError as error:
                unusable[name] = Unusable(definition, str(error))
                logger.warning("Deployment %s cannot be used: %s", name, error)
        left = (d for name, d in self._deployments.items() if kept.get(name) is not d)
        self._retired.extend(left)
        self._registry, self._deployments, self.unusable = registry, kept, unusable

    def choose(self, name: str | None = None, tier: Tier | None = None) -> ChosenModel:
        """The chain for one answer.

        Args:
            name: An alias or a deployment; None, or one that is unknown, is the tutor.
            tier: How demanding the question is, where deployments of several tiers can answer.
        """
        if name == self._grounded.name:
            return ChosenModel(self._chain([]), name)
        wanted = name or TUTOR
        notice = None
        if self._registry.behind(wanted) is None:
            wanted = TUTOR
        ordered = self._ordered(wanted, tier)
        chain = self._chain(ordered)
        if name is not None and wanted != name:
            notice = f"There is no chat model “{name}” here, so “{chain.name}” answers."
        window = min((each.definition.context_window for each in ordered), default=None)
        return ChosenModel(chain, wanted, notice, window)

    async def close_retired(self) -> None:
        """Closes deployments that were taken out, once their last answer has ended."""
        for deployment in [d for d in self._retired if d.in_flight == 0]:
            self._retired.remove(deployment)
            await deployment.close()

    async def close(self) -> None:
        """Closes every connection."""
        for deployment in (*self._deployments.values(), *self._retired):
            await deployment.close()
        self._deployments, self._retired = {}, []

    def _ordered(self, name: str, tier: Tier | None) -> list[RoutedDeployment]:
        """Who is asked for a name, in order; those that would refuse just now come last.

        Behind a deployment that is asked for by its own name stand those of the tutor.
        """
        names = self._registry.behind(name) or ()
        candidates = [self._deployments[n] for n in names if n in self._deployments]
        ordered = self._ordering(name).order(candidates)
        if tier is not None:
            ordered = by_tier(ordered, tier)
        if name in self._registry.deployments and name != TUTOR:
            ordered += [d for d in self._ordered(TUTOR, tier) if d not in ordered]
        return sorted(ordered, key=lambda deployment: deployment.breaker.refuses)

    def _ordering(self, name: str) -> Ordering:
        """The strategy of an alias, which keeps its memory as long as the alias does not change."""
        alias = self._registry.aliases.get(name)
        if alias is None:
            return InOrder()
        known = self._orderings.get(name)
        if known is None or known[0] != alias:
            known = self._orderings[name] = (alias, ORDERINGS[alias.strategy]())
        return known[1]

    def _chain(self, deployments: list[RoutedDeployment]) -> FallbackChatModel:
        return FallbackChatModel(
            [deployment.chat_model for deployment in deployments],
            self._grounded,
            instruction=self._instruction,
            answer_seconds=ANSWER_SECONDS,
        )
