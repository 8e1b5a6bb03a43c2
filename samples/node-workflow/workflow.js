// Runs one activity over a connection and prints what came of it.
//   node workflow.js <amqp address> <connector> <connection name> <activity> <input as JSON>
import { randomUUID } from "node:crypto";
import amqp from "amqplib";

const [address, connector, name, activity, input = "{}"] = process.argv.slice(2);
if (!activity) {
  console.error("usage: node workflow.js <amqp address> <connector> <connection name> <activity> [<input as JSON>]");
  process.exit(2);
}

const activityId = randomUUID();
const connection = await amqp.connect(address);
const channel = await connection.createConfirmChannel();

// hear first, then send; a workflow that lives on would keep a durable queue of its own
const { queue } = await channel.assertQueue(`flow-${activityId}`, { exclusive: true });
for (const exchange of ["activity-finished", "activity-waiting", "command-refused"]) await channel.bindQueue(queue, exchange, "");

const ended = new Promise((resolve) => {
  channel.consume(queue, (message) => {
    const told = JSON.parse(message.content.toString());
    if (told.activityId === activityId || told.commandId === activityId) {
      if (message.fields.exchange === "activity-waiting") console.log(`waiting: ${told.kind}`);
      else resolve(told);
    }
    channel.ack(message);
  });
});

// mandatory: what finds no queue comes back instead of being dropped
const returned = new Promise((_, reject) => channel.once("return", () => reject(new Error("No service hears run-activity."))));
channel.publish(
  "run-activity",
  "",
  Buffer.from(JSON.stringify({
    workspace: "default",
    activityId,
    connection: { connector, name },
    activity,
    input: JSON.parse(input),
    caller: { workflow: "node-workflow", run: activityId },
  })),
  { contentType: "application/json", persistent: true, mandatory: true },
);
await channel.waitForConfirms();

const told = await Promise.race([ended, returned]);
console.log(told.outcome ?? `refused: ${told.code}`);
console.log(JSON.stringify(told.output ?? told.error ?? told.detail ?? null));
await connection.close();
process.exitCode = told.outcome === "succeeded" ? 0 : 1;
