import type { components } from "../api/schema";

type Conversation = components["schemas"]["ConversationWithMessages"];

/** What is known of one branch of a conversation: its newest messages, and those read before. */
export interface History {
  conversation: Conversation;
  messages: Conversation["messages"];
  forks: Conversation["forks"];
  /** The first of the messages that were read at first. */
  begunAt: string | null;
}

/** A newer reading of the branch joined to what is known: messages before it stay. */
export function withNewest(known: History | null, newest: Conversation): History {
  const first = newest.messages[0]?.id;
  const place = known?.messages.findIndex(({ id }) => id === first) ?? -1;
  const before = known !== null && place > 0 ? known.messages.slice(0, place) : [];
  return {
    conversation: newest,
    messages: [...before, ...newest.messages],
    forks: before.length === 0 ? newest.forks : joined(known?.forks ?? [], newest.forks),
    begunAt: known !== null && place >= 0 ? known.begunAt : (first ?? null),
  };
}

/** An earlier reading joined to what is known; messages read anew take the place of their own. */
export function withEarlier(known: History, earlier: Conversation): History {
  const last = earlier.messages.at(-1);
  if (last === undefined) return known;
  const place = known.messages.findIndex(({ id }) => id === last.id);
  const leadsOn = known.messages[0]?.parent_id === last.id;
  if (place === -1 && !leadsOn) return known;
  const readAnew = new Map(earlier.messages.map((message) => [message.id, message]));
  const kept = known.messages.map((message) => readAnew.get(message.id) ?? message);
  const isKnown = new Set(known.messages.map(({ id }) => id));
  return {
    ...known,
    messages: [...earlier.messages.filter(({ id }) => !isKnown.has(id)), ...kept],
    forks: joined(earlier.forks, known.forks),
  };
}

/** Which message the first one follows; null at the beginning of the conversation. */
export function beforeFirst(known: History): string | null {
  return known.messages[0]?.parent_id ?? null;
}

function joined(some: History["forks"], newer: History["forks"]): History["forks"] {
  const taken = new Set(newer.flat().map(({ message_id }) => message_id));
  return [...some.filter((fork) => !fork.some(({ message_id }) => taken.has(message_id))), ...newer];
}
