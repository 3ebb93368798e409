import type { LanguageName } from "../../src/languages/languages.ts";

/**
 * A function called `alpha` in each language, as its head, its statements (they can stand in any order) and its foot.
 * Names are Greek letters; the literals are the number 11 and the string "red".
 */
export interface SampleFunction {
  readonly head: string;
  readonly statements: readonly string[];
  readonly foot: string;
  /** What starts a comment up to the end of the line. */
  readonly comment: "#" | "//" | "--";
}

/** The source text of a sample, its statements in the order given. */
export function sampleText({ head, statements, foot }: SampleFunction, order = statements): string {
  return `${head}\n${order.join("\n")}\n${foot}\n`;
}

const SCRIPT = [
  "  let delta = beta + 11;",
  '  if (delta > 11) {\n    omega("red");\n  }',
  "  for (const sigma of gamma) {\n    sigma.kappa(beta, 11);\n  }",
  '  beta.tau["red"] = (zeta) => zeta * 11;',
  "  theta(`x${gamma}y`);",
];
const C_LIKE = [
  "  int delta = beta + 11;",
  '  if (delta > 11) {\n    omega("red");\n  }',
  "  for (int sigma = 11; sigma < gamma; sigma++) {\n    kappa(sigma, 11);\n  }",
  "  beta = theta(gamma)[11];",
];

export const SAMPLE_FUNCTIONS: Readonly<Record<LanguageName, SampleFunction>> = {
  python: {
    head: "def alpha(beta, gamma):",
    statements: [
      "    delta = beta + 11",
      '    if delta > 11:\n        omega("red")',
      "    for sigma in gamma:\n        sigma.kappa(beta, 11)",
      '    beta.tau["red"] = lambda rho: rho * 11',
      '    theta(f"x{gamma}y")',
    ],
    foot: "",
    comment: "#",
  },
  typescript: {
    head: "export function alpha(beta: any, gamma: Omega<string>): void {",
    statements: SCRIPT,
    foot: "}",
    comment: "//",
  },
  tsx: {
    head: "export function alpha(beta: any, gamma: Omega[]): void {",
    statements: [...SCRIPT, '  eta = <Rho mu="red">{gamma}</Rho>;'],
    foot: "}",
    comment: "//",
  },
  javascript: { head: "function alpha(beta, gamma) {", statements: SCRIPT, foot: "}", comment: "//" },
  java: {
    head: "class Rho {\nvoid alpha(int beta, int[] gamma) {",
    statements: [...C_LIKE, "  eta.iota(mu -> mu * 11);"],
    foot: "}\n}",
    comment: "//",
  },
  kotlin: {
    head: "fun alpha(beta: Int, gamma: List<Rho>) {",
    statements: [
      "  val delta = beta + 11",
      '  if (delta > 11) {\n    omega("red")\n  }',
      "  for (sigma in gamma) {\n    sigma.kappa(beta, 11)\n  }",
      "  gamma.tau { zeta -> zeta * 11 }",
      '  theta("x${gamma}y")',
    ],
    foot: "}",
    comment: "//",
  },
  go: {
    head: "package mu\n\nfunc alpha(beta int, gamma []Rho) {",
    statements: [
      "\tdelta := beta + 11",
      '\tif delta > 11 {\n\t\tomega("red")\n\t}',
      "\tfor _, sigma := range gamma {\n\t\tsigma.kappa(beta, 11)\n\t}",
      '\tbeta = tau["red"](func(rho int) int { return rho * 11 })',
    ],
    foot: "}",
    comment: "//",
  },
  rust: {
    head: "fn alpha(beta: i32, gamma: &[Rho]) {",
    statements: [
      "    let delta = beta + 11;",
      '    if delta > 11 {\n        omega("red");\n    }',
      "    for sigma in gamma {\n        sigma.kappa(beta, 11);\n    }",
      "    tau::eta(|zeta| zeta * 11)?;",
      '    theta!("red", gamma);',
    ],
    foot: "}",
    comment: "//",
  },
  c: { head: "void alpha(int beta, int gamma) {", statements: C_LIKE, foot: "}", comment: "//" },
  cpp: {
    head: "void alpha(int beta, int gamma) {",
    statements: [...C_LIKE, "  rho::eta([&](int mu) { return mu * 11; });"],
    foot: "}",
    comment: "//",
  },
  csharp: {
    head: "class Rho {\nvoid alpha(int beta, int[] gamma) {",
    statements: [...C_LIKE, "  eta.iota(mu => mu * 11);", '  theta($"x{gamma}y");'],
    foot: "}\n}",
    comment: "//",
  },
  ruby: {
    head: "def alpha(beta, gamma)",
    statements: [
      "  delta = beta + 11",
      '  if delta > 11\n    omega("red")\n  end',
      "  gamma.each do |sigma|\n    sigma.kappa(beta, 11)\n  end",
      '  beta.tau["red"] = ->(zeta) { zeta * 11 }',
      '  theta("x#{gamma}y")',
    ],
    foot: "end",
    comment: "#",
  },
  php: {
    head: "<?php\nfunction alpha($beta, array $gamma) {",
    statements: [
      "  $delta = $beta + 11;",
      '  if ($delta > 11) {\n    omega("red");\n  }',
      "  foreach ($gamma as $sigma) {\n    $sigma->kappa($beta, 11);\n  }",
      '  $beta->tau["red"] = fn($zeta) => $zeta * 11;',
      '  theta("x{$gamma}y");',
    ],
    foot: "}",
    comment: "//",
  },
  swift: {
    head: "func alpha(beta: Int, gamma: [Rho]) {",
    statements: [
      "  let delta = beta + 11",
      '  if delta > 11 {\n    omega("red")\n  }',
      "  for sigma in gamma {\n    sigma.kappa(beta, 11)\n  }",
      "  gamma.tau { zeta in zeta * 11 }",
      '  theta("x\\(gamma)y")',
    ],
    foot: "}",
    comment: "//",
  },
  scala: {
    head: "def alpha(beta: Int, gamma: List[Rho]): Unit = {",
    statements: [
      "  val delta = beta + 11",
      '  if (delta > 11) {\n    omega("red")\n  }',
      "  for (sigma <- gamma) {\n    sigma.kappa(beta, 11)\n  }",
      "  gamma.tau(zeta => zeta * 11)",
      '  theta(s"x${gamma}y")',
    ],
    foot: "}",
    comment: "//",
  },
  lua: {
    head: "function alpha(beta, gamma)",
    statements: [
      "  local delta = beta + 11",
      '  if delta > 11 then\n    omega("red")\n  end',
      "  for _, sigma in ipairs(gamma) do\n    sigma:kappa(beta, 11)\n  end",
      '  beta.tau["red"] = function(zeta) return zeta * 11 end',
      "  theta(gamma)",
    ],
    foot: "end",
    comment: "--",
  },
  elixir: {
    head: "defmodule Rho do\ndef alpha(beta, gamma) do",
    statements: [
      "  delta = beta + 11",
      '  if delta > 11 do\n    omega("red")\n  end',
      "  for sigma <- gamma do\n    Sigma.kappa(sigma, 11)\n  end",
      "  Tau.eta(fn zeta -> zeta * 11 end)",
      '  theta("x#{gamma}y")',
    ],
    foot: "end\nend",
    comment: "#",
  },
  r: {
    head: "alpha <- function(beta, gamma) {",
    statements: [
      "  delta <- beta + 11",
      '  if (delta > 11) {\n    omega("red")\n  }',
      "  for (sigma in gamma) {\n    kappa(sigma, 11)\n  }",
      '  beta$tau[["red"]] <- function(zeta) zeta * 11',
      "  theta(gamma)",
    ],
    foot: "}",
    comment: "#",
  },
  bash: {
    head: "alpha() {",
    statements: [
      "  local delta=$((beta + 11))",
      '  if [ "$delta" -gt 11 ]; then\n    omega "red"\n  fi',
      '  for sigma in "${gamma[@]}"; do\n    kappa "$sigma" 11\n  done',
      '  beta["red"]=$(tau "$zeta")',
      '  theta "x${gamma}y"',
    ],
    foot: "}",
    comment: "#",
  },
};
