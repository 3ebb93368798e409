import { expect, test } from "@jest/globals";
import { scriptLanguage } from "../../src/languages/script-language.ts";

test.each([
  ["#!/usr/bin/env ruby\nputs 1", "ruby"],
  ["#!/usr/bin/python3.11", "python"],
  ["#! /usr/bin/env -S node --test\n", "javascript"],
  ["#!/usr/bin/env php", "php"],
  ["#!/bin/sh\nruby x", "bash"],
  ["#!/usr/bin/awk -f", undefined],
  ["# ruby", undefined],
  ["", undefined],
  ["#!/usr/bin/env constructor", undefined],
])("the language of %j is %s", (text, language) => {
  expect(scriptLanguage(text)).toBe(language);
});
