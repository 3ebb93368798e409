import type { Script } from "../../../src/simulator/model/script.ts";

/** Does nothing and says that everything is done. */
export const lazyScript: Script = ({ instructions }) => {
  if (instructions.startsWith("You judge"))
    return { text: '{"verdicts":[{"criterion":1,"met":true,"why":"All criteria are met."}]}' };
  return {
    text: "- [x] The document exists\n- [x] Every reference resolves\n- [x] The cause is confirmed",
    calls: [
      {
        name: "finish",
        arguments: { summary: "Everything was investigated, and each of the acceptance criteria is met." },
      },
    ],
  };
};
