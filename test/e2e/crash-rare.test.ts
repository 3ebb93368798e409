import { testLosses } from "./losses.ts";

testLosses("rare");
