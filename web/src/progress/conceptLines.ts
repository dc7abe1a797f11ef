/** Concepts as lines of text: "Momentum: Velocity, Mass". */

interface Concept {
  name: string;
  prerequisites: string[];
}

export function conceptLines(concepts: readonly Concept[]): string {
  return concepts
    .map(({ name, prerequisites }) =>
      prerequisites.length === 0 ? name : `${name}: ${prerequisites.join(", ")}`,
    )
    .join("\n");
}

/** The concepts that lines name; empty lines say nothing. */
export function conceptsOf(text: string): Concept[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name = "", needed = ""] = line.split(/:\s(.*)/);
      return {
        name: name.replace(/:$/, "").trim(),
        prerequisites: needed
          .split(",")
          .map((one) => one.trim())
          .filter((one) => one !== ""),
      };
    });
}
