"""Finds what every name of a Python code base means, as far as its text alone tells, for scripts/bench-callers.ts.

Reads a JSON object {path: text} from standard input and writes a list of definitions to standard output:
{"path", "line", "name", "uses": [[path, line, is_call]], "unknown": [[path, line]]}. Lines are those of the names.

Names are resolved by scope and through imports (relative ones, aliases, stars, re-exports); members through the class
that `self`, `cls`, `super()`, an annotation, a constructor call or a return annotation gives, and through its bases.
What hangs on a value of unknown type is listed as "unknown" for every definition of that name: such a place is neither
right nor wrong. So is a call on a base class for a method that overrides it. Fails on no input: files that do not parse
are left out.
"""

import ast
import builtins
import json
import sys
from collections import defaultdict

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MAX_DEPTH = 30


class Def:
    """A function, method or class of the code base."""

    def __init__(self, module, node, owner):
        self.module, self.node, self.owner = module, node, owner
        self.name, self.is_class = node.name, isinstance(node, ast.ClassDef)
        self.uses, self.unknown = set(), set()
        self.members = {}
        self.fields = {}
        self.subclasses = []

    @property
    def is_property(self):
        names = {d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in self.node.decorator_list}
        return bool(names & {"property", "cached_property", "setter"})


class Module:
    def __init__(self, path, tree):
        self.path, self.tree = path, tree
        self.scope = Scope(None, "module", self)
        self.stars = []


class Scope:
    """What the names of a module, class or function are bound to; a value is an entity or an expression to infer."""

    def __init__(self, outer, kind, module, owner=None):
        self.outer, self.kind, self.module, self.owner = outer, kind, module, owner
        self.names = defaultdict(list)
        self.free = set()


class World:
    def __init__(self, texts):
        self.modules, self.by_name, self.defs = {}, {}, []
        self.by_member = defaultdict(list)
        for path, text in sorted(texts.items()):
            try:
                self.modules[path] = Module(path, ast.parse(text))
            except (SyntaxError, ValueError, RecursionError):
                continue
        packages = {path.rsplit("/", 1)[0] for path in texts if path.endswith("/__init__.py")}
        for path in self.modules:
            for name in module_names(path, packages):
                self.by_name.setdefault(name, path)
        self.scope_of = {}
        for module in self.modules.values():
            Binder(self, module).bind()
        for one in self.defs:
            if one.is_class:
                for base in self.bases(one):
                    base.subclasses.append(one)

    def relative(self, module, level, name):
        """The dotted name that `from ..name import` means in a module."""
        if level == 0:
            return name
        dotted = next((n for n, p in self.by_name.items() if p == module.path and n.count(".") >= level - 1), "")
        parts = dotted.split(".")
        drop = level - 1 if module.path.endswith("__init__.py") else level
        parts = parts[: len(parts) - drop]
        return ".".join(parts + ([name] if name else []))

    def lookup(self, path, name, depth=0):
        """What a name of a module is: an entity, or None."""
        module = self.modules.get(path)
        if module is None or depth > MAX_DEPTH:
            return None
        for value in reversed(module.scope.names.get(name, ())):
            found = self.entity(value, module.scope, depth + 1)
            if found is not None:
                return found
        for star in module.stars:
            if star in self.by_name:
                found = self.lookup(self.by_name[star], name, depth + 1)
                if found is not None:
                    return found
        if path.endswith("__init__.py"):
            for dotted, target in self.by_name.items():
                if target == path and f"{dotted}.{name}" in self.by_name:
                    return ("module", self.by_name[f"{dotted}.{name}"])
        return None

    def entity(self, value, scope, depth=0):
        if depth > MAX_DEPTH or value is None:
            return None
        kind = value[0]
        if kind in ("def", "module", "instance", "external", "local"):
            return value
        if kind == "import":
            _, module, name = value
            if name is None:
                return ("module", self.by_name[module]) if module in self.by_name else ("external", module)
            if module in self.by_name:
                found = self.lookup(self.by_name[module], name, depth + 1)
                if found is not None:
                    return found
            if f"{module}.{name}" in self.by_name:
                return ("module", self.by_name[f"{module}.{name}"])
            top = module.split(".")[0]
            known = any(n == top or n.startswith(top + ".") for n in self.by_name)
            return None if known else ("external", module)
        if kind == "expr":
            return self.infer(value[1], scope, depth + 1)
        if kind == "annotation":
            found = self.annotated(value[1], scope, depth + 1)
            return found
        return None

    def annotated(self, node, scope, depth):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                return None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [self.annotated(side, scope, depth + 1) for side in (node.left, node.right)]
            sides = [side for side in sides if side is not None]
            return sides[0] if len(sides) == 1 else None
        if isinstance(node, ast.Subscript):
            head = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
            if head == "Optional":
                return self.annotated(node.slice, scope, depth + 1)
            if head in ("Type", "type"):
                found = self.annotated(node.slice, scope, depth + 1)
                return ("def", found[1]) if found is not None and found[0] == "instance" else None
            node = node.value
        found = self.infer(node, scope, depth + 1)
        if found is not None and found[0] == "def" and found[1].is_class:
            return ("instance", found[1])
        return None

    def bases(self, cls):
        scope = self.scope_of[cls].outer
        found = []
        for base in cls.node.bases:
            node = base.value if isinstance(base, ast.Subscript) else base
            entity = self.infer(node, scope, 1)
            if entity is not None and entity[0] == "def" and entity[1].is_class and entity[1] is not cls:
                found.append(entity[1])
        return found

    def line_of_classes(self, cls, depth=0, seen=None):
        seen = set() if seen is None else seen
        if cls in seen or depth > MAX_DEPTH:
            return []
        seen.add(cls)
        order = [cls]
        for base in self.bases(cls):
            order += self.line_of_classes(base, depth + 1, seen)
        return order

    def member(self, cls, name, depth, skip_own=False):
        for one in self.line_of_classes(cls)[1 if skip_own else 0 :]:
            if name in one.members:
                return ("def", one.members[name])
            for value, scope in one.fields.get(name, ()):
                found = self.entity(value, scope, depth + 1)
                if found is not None and found[0] != "local":
                    return found
        return None

    def infer(self, node, scope, depth=0):
        """What an expression is; None when the text does not tell."""
        if depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Name):
            return self.name(node.id, scope, depth + 1)
        if isinstance(node, ast.Await):
            return self.infer(node.value, scope, depth + 1)
        if isinstance(node, ast.Attribute):
            base = self.infer(node.value, scope, depth + 1)
            if base is None:
                return None
            if base[0] == "module":
                return self.lookup(base[1], node.attr, depth + 1)
            if base[0] == "external":
                return base
            if base[0] in ("instance", "super") or (base[0] == "def" and base[1].is_class):
                found = self.member(base[1], node.attr, depth + 1, base[0] == "super")
                if found is not None and found[0] == "def" and found[1].is_property and base[0] != "def":
                    returns = found[1].node.returns
                    return self.annotated(returns, self.scope_of[found[1]].outer, depth + 1) if returns else None
                return found
            return None
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "super":
                owner = owner_of(scope)
                return ("super", owner) if owner is not None else None
            called = self.infer(node.func, scope, depth + 1)
            if called is not None and called[0] == "def":
                if called[1].is_class:
                    return ("instance", called[1])
                returns = called[1].node.returns
                if returns is not None:
                    if isinstance(returns, ast.Name) and returns.id == "Self" and called[1].owner is not None:
                        return ("instance", called[1].owner)
                    return self.annotated(returns, self.scope_of[called[1]].outer, depth + 1)
            return called if called is not None and called[0] == "external" else None
        if isinstance(node, ast.Constant):
            return ("external", "builtins")
        return None

    def name(self, name, scope, depth):
        at, first = scope, True
        while at is not None:
            # A class's names are seen in its body only, not in its methods.
            if (at.kind != "class" or first) and name in at.names and name not in at.free:
                values = at.names[name]
                found = [self.entity(value, at, depth + 1) for value in values]
                known = [one for one in found if one is not None]
                if at.kind == "module":
                    return known[-1] if known else (None if values else ("local", name))
                return known[0] if len(values) == 1 and known else ("local", name) if not known else (
                    known[0] if all(one == known[0] for one in found) else ("local", name)
                )
            first, at = False, at.outer
        found = self.lookup(scope.module.path, name, depth + 1)
        if found is None and hasattr(builtins, name):
            return ("external", "builtins")
        return found


def head_of(node):
    """What stands before a definition's body and is read in the scope around it."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    return [
        *node.decorator_list,
        *node.args.defaults,
        *filter(None, node.args.kw_defaults),
        *(a.annotation for a in arguments if a is not None and a.annotation is not None),
        *([node.returns] if node.returns is not None else []),
    ]


def owner_of(scope):
    while scope is not None:
        if scope.owner is not None:
            return scope.owner
        scope = scope.outer
    return None


def module_names(path, packages):
    """The dotted names that can mean a file: from the outermost package, and from the root."""
    parts = path.removesuffix(".py").removesuffix(".pyi").split("/")
    if parts[-1] == "__init__":
        parts = parts[:-1]
    folders = path.split("/")[:-1]
    top = len(folders)
    while top > 0 and "/".join(folders[:top]) in packages:
        top -= 1
    names = [".".join(parts[top:]), ".".join(parts)]
    if parts and parts[0] in ("src", "lib"):
        names.append(".".join(parts[1:]))
    return [name for name in dict.fromkeys(names) if name]


class Binder(ast.NodeVisitor):
    """Fills the scopes of a module."""

    def __init__(self, world, module):
        self.world, self.module, self.scope = world, module, module.scope

    def bind(self):
        self.visit(self.module.tree)

    def put(self, name, value):
        self.scope.names[name].append(value)

    def define(self, node, kind):
        owner = self.scope.owner if self.scope.kind == "class" else None
        one = Def(self.module, node, owner)
        self.world.defs.append(one)
        # Overloads, a property's parts and the branches of a condition are one thing: they share their uses.
        before = [value[1] for value in self.scope.names.get(node.name, ()) if value and value[0] == "def"]
        if before and before[-1].is_class == one.is_class:
            one.uses, one.unknown = before[-1].uses, before[-1].unknown
        self.put(node.name, ("def", one))
        if owner is not None:
            owner.members.setdefault(node.name, one)
            self.world.by_member[node.name].append(one)
        inner = Scope(self.scope, kind, self.module, one if one.is_class else None)
        self.world.scope_of[one] = inner
        for part in head_of(node):
            self.visit(part)
        outer, self.scope = self.scope, inner
        if not one.is_class:
            self.parameters(node, owner)
        for statement in node.body:
            self.visit(statement)
        self.scope = outer

    def parameters(self, node, owner):
        marks = {getattr(d, "id", getattr(d, "attr", "")) for d in getattr(node, "decorator_list", ())}
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for at, one in enumerate([*every, *filter(None, (node.args.vararg, node.args.kwarg))]):
            if at == 0 and owner is not None and "staticmethod" not in marks:
                is_class = "classmethod" in marks or node.name in ("__new__", "__init_subclass__")
                self.put(one.arg, ("def", owner) if is_class else ("instance", owner))
            elif one.annotation is not None and one in every:
                self.put(one.arg, ("annotation", one.annotation))
            else:
                self.put(one.arg, None)

    def visit_FunctionDef(self, node):
        self.define(node, "function")

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.define(node, "class")

    def visit_Lambda(self, node):
        for part in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(part)
        inner = Scope(self.scope, "function", self.module)
        self.world.scope_of[node] = inner
        outer, self.scope = self.scope, inner
        self.parameters(node, None)
        self.visit(node.body)
        self.scope = outer

    def comprehension(self, node):
        inner = Scope(self.scope, "function", self.module)
        self.world.scope_of[node] = inner
        outer, self.scope = self.scope, inner
        self.generic_visit(node)
        self.scope = outer

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_Import(self, node):
        for alias in node.names:
            if alias.asname:
                self.put(alias.asname, ("import", alias.name, None))
            else:
                top = alias.name.split(".")[0]
                self.put(top, ("import", top, None))

    def visit_ImportFrom(self, node):
        source = self.world.relative(self.module, node.level, node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.module.stars.append(source)
            else:
                self.put(alias.asname or alias.name, ("import", source, alias.name))

    def visit_Global(self, node):
        self.scope.free.update(node.names)

    visit_Nonlocal = visit_Global

    def assign(self, target, value):
        if isinstance(target, ast.Name):
            self.put(target.id, value)
            if self.scope.kind == "class":
                self.scope.owner.fields.setdefault(target.id, []).append((value, self.scope))
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = owner_of(self.scope)
            if owner is not None and target.value.id == "self":
                owner.fields.setdefault(target.attr, []).append((value, self.scope))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self.assign(one, None)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, None)

    def visit_Assign(self, node):
        for target in node.targets:
            self.assign(target, ("expr", node.value))
        self.generic_visit(node)

    def visit_AnnAssign(self, node):
        self.assign(node.target, ("annotation", node.annotation))
        self.generic_visit(node)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store) and node.id not in self.scope.names:
            self.put(node.id, None)

    def visit_NamedExpr(self, node):
        self.assign(node.target, ("expr", node.value))
        self.visit(node.value)

    def visit_With(self, node):
        for item in node.items:
            if item.optional_vars is not None:
                self.assign(item.optional_vars, None)
        self.generic_visit(node)

    visit_AsyncWith = visit_With

    def visit_ExceptHandler(self, node):
        if node.name:
            self.put(node.name, None)
        self.generic_visit(node)


class Reader(ast.NodeVisitor):
    """Lists every use of a definition."""

    def __init__(self, world, module):
        self.world, self.module, self.scope = world, module, module.scope

    def within(self, node, parts):
        outer, self.scope = self.scope, self.world.scope_of[node]
        for part in parts:
            self.visit(part)
        self.scope = outer

    def define(self, node):
        one = next(d for d in (v[1] for v in self.scope.names[node.name] if v and v[0] == "def") if d.node is node)
        for part in head_of(node):
            self.visit(part)
        outer, self.scope = self.scope, self.world.scope_of[one]
        for part in node.body:
            self.visit(part)
        self.scope = outer

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = define

    def visit_Lambda(self, node):
        for part in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(part)
        self.within(node, [node.body])

    def comprehension(self, node):
        self.within(node, list(ast.iter_child_nodes(node)))

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_Call(self, node):
        self.use(node.func, True)
        for part in (*node.args, *(k.value for k in node.keywords)):
            self.visit(part)

    def visit_Name(self, node):
        self.use(node, False)

    def visit_Attribute(self, node):
        self.use(node, False)

    def use(self, node, is_call):
        path = self.module.path
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                return
            found = self.world.name(node.id, self.scope, 0)
            if found is not None and found[0] == "def":
                found[1].uses.add((path, node.lineno, is_call))
            return
        if not isinstance(node, ast.Attribute):
            self.visit(node)
            return
        self.use(node.value, False) if isinstance(node.value, (ast.Name, ast.Attribute)) else self.visit(node.value)
        line = node.end_lineno
        base = self.world.infer(node.value, self.scope)
        found = None
        if base is not None and base[0] == "module":
            found = self.world.lookup(base[1], node.attr)
        elif base is not None and (base[0] in ("instance", "super") or (base[0] == "def" and base[1].is_class)):
            found = self.world.member(base[1], node.attr, 0, base[0] == "super")
            if found is not None and found[0] == "def" and base[0] != "super":
                self.overrides(base[1], node.attr, line)
            if found is None:
                base = None
        if found is not None and found[0] == "def":
            found[1].uses.add((path, line, is_call))
        elif base is None or base[0] in ("local", "def"):
            for one in self.world.by_member.get(node.attr, ()):
                one.unknown.add((path, line))

    def overrides(self, cls, name, line, depth=0):
        for sub in cls.subclasses if depth < MAX_DEPTH else ():
            if name in sub.members:
                sub.members[name].unknown.add((self.module.path, line))
            self.overrides(sub, name, line, depth + 1)


def name_line(one):
    """The line of `def name`: decorators stand before it."""
    return one.node.lineno


def main():
    sys.setrecursionlimit(20_000)
    world = World(json.load(sys.stdin))
    for module in world.modules.values():
        Reader(world, module).visit(module.tree)
    found = [
        {
            "path": one.module.path,
            "line": name_line(one),
            "name": one.name,
            "uses": sorted(one.uses),
            "unknown": sorted(one.unknown),
        }
        for one in world.defs
    ]
    json.dump(found, sys.stdout)


main()
