// npm `bpmn-engine`: recover, resume, signal one user task, getState, JSON to disk with fsync. Prints one JSON line.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { EventEmitter } from "node:events";
import { join } from "node:path";
import { Engine } from "bpmn-engine";

const [file, folder, words] = process.argv.slice(2);
const { first, steps, answer } = JSON.parse(words);
const kept = join(folder, "case.json");

// The one file is in standard dress; this engine evaluates conditions as JavaScript.
const source = readFileSync(file, "utf8").replace(
  /(<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression")>=(\w+)\.outcome = "(\w+)"</g,
  (_, head, task, word) => `${head} language="javascript">next(null, this.environment.variables.${task} === "${word}")<`);

function keep(text, name = kept) {
  const handle = openSync(`${name}.new`, "w");
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(`${name}.new`, name);
}

async function begin() {
  const engine = new Engine({ name: "approval", source });
  await engine.execute();
  keep(JSON.stringify(await engine.getState()));
  engine.stop();
}

async function step(node) {
  const engine = new Engine().recover(JSON.parse(readFileSync(kept, "utf8")));
  const waiting = new Map(), listener = new EventEmitter();
  listener.on("wait", (task) => waiting.set(task.id, task));
  await engine.resume({ listener });
  const task = waiting.get(node);
  if (!task) throw new Error(`${node} is not waiting`);
  task.environment.assignVariables({ [node]: answer });
  task.signal({ outcome: answer });
  const state = JSON.stringify(await engine.getState());
  keep(state);
  engine.stop();
  return Buffer.byteLength(state);
}

function bare() {
  const start = performance.now();
  keep("{}", `${kept}.bare`);
  return performance.now() - start;
}

await begin();
await step(first);
const told = [];
for (const node of steps) {
  const start = performance.now(), used = process.cpuUsage();
  const size = await step(node);
  const ms = performance.now() - start, cpu = process.cpuUsage(used);
  told.push({ ms, cpu: (cpu.user + cpu.system) / 1000, size, bare: bare() });
}
console.log(JSON.stringify(told));
