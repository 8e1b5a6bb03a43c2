// Runs one activity over a connection and prints its result.
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

// Subscribe before sending. A long-running workflow would use its own durable queue.
const { queue } = await channel.assertQueue(`flow-${activityId}`, { exclusive: true });
for (const exchange of ["activity-finished", "activity-waiting", "command-refused"]) await channel.bindQueue(queue, exchange, "");

const ended = new Promise((resolve) => {
  channel.consume(queue, (message) => {
    const body = JSON.parse(message.content.toString());
    if (body.activityId === activityId || body.commandId === activityId) {
      if (message.fields.exchange === "activity-waiting") console.log(`waiting: ${body.kind}`);
      else resolve(body);
    }
    channel.ack(message);
  });
});

// mandatory: the broker returns a message without a queue instead of dropping it
const returned = new Promise((_, reject) => channel.once("return", () => reject(new Error("No service consumes run-activity."))));
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

const result = await Promise.race([ended, returned]);
console.log(result.outcome ?? `refused: ${result.code}`);
console.log(JSON.stringify(result.output ?? result.error ?? result.detail ?? null));
await connection.close();
process.exitCode = result.outcome === "succeeded" ? 0 : 1;
