import { testLosses } from "./losses.ts";

testLosses("branch");
