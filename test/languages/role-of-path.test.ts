import { expect, test } from "@jest/globals";
import { type FileRole, roleOfPath, rolesIn } from "../../src/languages/role-of-path.ts";

/** Paths by role. */
const ROLES: Readonly<Record<FileRole, string>> = {
  source: `src/a.py src/spec/parse.ts src/specs/load.js packages/spec/index.ts lib/parser/spec/node.rb app/spec/one.rb
    testing/testing.go src/testing/quick/quick.go pkg/testing/helper.go numpy/testing/utils.py spec/openapi.py
    src/main/java/org/junit/Test.java src/main/java/org/acme/test/TestContext.java src/commonMain/kotlin/TypeSpec.kt
    src/Framework/Test.php javax/crypto/spec/KeySpec.java src/schemaSpec.ts src/latest.cpp lib/contest.rb
    crates/core/src/testing.rs src/Acme.Contest/A.cs src/main/scala/ColumnSpec.scala window.pyw view.phtml`,
  test: `spec/models/user_spec.rb spec/spec_helper.rb spec/support/login.rb engines/shop/spec/factories/cart.rb
    lib/parser/spec/node_spec.rb test/test_helper.rb lib/test_case/test_one.rb packages/x/spec/y.spec.ts src/a.test.tsx
    src/__tests__/helper.ts cypress/login.cy.ts lib/url-test.js spec/PlayerSpec.js src/app.e2e.js
    testing/testing_test.go pkg/a_test.go pkg/testdata/in.go src/spec/parse_test.go test/e2e/framework.go
    testing/test_config.py testing/conftest.py tests/helper.py app/tests.py pkg/parse_test.py tests/data/in.json
    src/test/java/org/acme/Helper.java src/integrationTest/kotlin/Helper.kt core/FooTests.java core/FooTestCase.java
    core/StoreIT.java src/commonTest/kotlin/Any.kt src/testFixtures/java/Users.java
    integration-tests/app/src/main/java/App.java core/CartSpec.kt core/CartSpec.groovy core/CartSuite.scala
    tests/cli.rs src/parser/tests.rs src/parser_tests.rs src/store_test.cc src/store_unittest.cc src/StoreTest.cpp
    src/test_store.c Acme.Shop.Tests/Helper.cs Acme.UnitTests/Helper.cs src/ShopTests.cs tests/Feature/Cart.php
    src/CartTest.php src/CartCest.php Tests/Shop/Cart.swift src/CartTests.swift spec/cart_spec.lua spec/helper.lua
    test/cart_test.exs src/__snapshots__/a.snap src/a.test.ts.snap.test.json`,
  docs: `README.md docs/guide.rst docs/conf.py specs/format.md testing/README.md man/tool.1`,
  config: `package.json pyproject.toml setup.py noxfile.py Gemfile shop.gemspec config.ru go.mod Cargo.toml pom.xml
    build.gradle.kts vite.config.ts .eslintrc.cjs requirements-dev.txt CMakeLists.txt mix.exs spec/openapi.yaml`,
  generated: `package-lock.json go.sum Cargo.lock Gemfile.lock poetry.lock api/store.pb.go api/store_pb2.py
    api/store.pb.cc Form1.Designer.cs lib/app.min.js src/a.generated.ts dist/index.js src/zz_generated.deepcopy.go`,
  vendored: `vendor/a/b.go third_party/zlib/zlib.c node_modules/a/test/a.js deps/jq/jq.c`,
  auxiliary: `examples/app.py scripts/build.ts benchmarks/run.go`,
  other: `logo.png data/table.bin`,
};

test.each(
  Object.entries(ROLES).flatMap(([role, paths]) => paths.split(/\s+/).map((path) => [path, role] as const)),
)("%s is %s", (path, role) => {
  expect(roleOfPath(path)).toBe(role);
});

test("a folder called spec, specs or testing holds tests when most of what stands in it is named as one", () => {
  const paths =
    `testing/test_a.py testing/test_b.py testing/test_c.py testing/helpers.py testing/python/raises.py
    testing/data.json src/spec/parse.ts src/spec/parse.test.ts src/testing/quick.go src/testing/quick_test.go
    packages/x/specs/a.spec.js packages/x/specs/helpers/login.js`.split(/\s+/);
  const roleOf = rolesIn(paths);
  expect(Object.fromEntries(paths.map((path) => [path, roleOf(path)]))).toEqual({
    "testing/test_a.py": "test",
    "testing/test_b.py": "test",
    "testing/test_c.py": "test",
    "testing/helpers.py": "test",
    "testing/python/raises.py": "test",
    "testing/data.json": "test",
    "src/spec/parse.ts": "source",
    "src/spec/parse.test.ts": "test",
    "src/testing/quick.go": "source",
    "src/testing/quick_test.go": "test",
    "packages/x/specs/a.spec.js": "test",
    "packages/x/specs/helpers/login.js": "test",
  });
});
