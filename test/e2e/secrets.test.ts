import { expect, test } from "@jest/globals";
import { casebook } from "../fakes/casebook.ts";
import { gitFolder } from "../fakes/git-folder.ts";

const letters = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzZ12";
const TOKEN = `ghp_${letters}`;
const FILE = `import urllib.request

UPLOAD_TOKEN = "${TOKEN}"


def upload_report(path):
    request = urllib.request.Request("https://example.com/reports", headers={"Authorization": "token ${TOKEN}"})
    if path is None:
        raise ValueError("upload_report needs a path, and ${TOKEN}")
    return urllib.request.urlopen(request)
`;
const ISSUE = `# upload_report fails

\`upload_report(None)\` fails:

\`\`\`
Traceback (most recent call last):
  File "app/upload.py", line 9, in upload_report
    raise ValueError("upload_report needs a path, and ${TOKEN.slice(0, 4)}...")
ValueError: upload_report needs a path
\`\`\`

I expect an upload of the default report.
`;

test("a secret of the repository is in nothing that is published, and the document says so", async () => {
  using folder = gitFolder();
  folder.commit(
    { "app/upload.py": FILE, "app/main.py": "from app.upload import upload_report\n" },
    `Add ${TOKEN}`,
  );
  const args = ["investigate", "--issue", "-", "--number", "7", "--repo", "."];
  const { exit, out, err } = await casebook(folder.path, args, { input: ISSUE });
  // 1: a criterion is open.
  expect({ exit: exit !== null && exit < 2, err }).toMatchObject({ exit: true });
  const written = folder.git("grep", "-h", "-e", "", "casebook/issue-7", "--", ".chant");
  const messages = folder.git("log", "--format=%B", "main..casebook/issue-7");
  for (const text of [written, messages, out]) expect(text).not.toContain(letters.slice(0, 12));
  expect(written).toMatch(/Casebook masked 1 text that looks like a secret/);

  const checked = await casebook(folder.path, ["check", "--ref", "casebook/issue-7"]);
  expect(checked.out).toMatch(/, 0 wrong/);
});
