import { testLosses } from "./losses.ts";

testLosses("thread");
