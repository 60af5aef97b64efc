// The vendor's own envelope, for the tests: reads a list of tasks as JSON from stdin, writes the list of results.
// node vendor.cjs FOLDER, where FOLDER holds the unpacked npm package @adyen/api-library.
const { join } = require("node:path");
const { readFileSync } = require("node:fs");
const NexoCrypto = require(join(process.argv[2], "lib/src/security/nexoCrypto.js")).default;

const key = (task) => ({
  AdyenCryptoVersion: 1,
  KeyIdentifier: task.identifier,
  KeyVersion: task.version,
  Passphrase: task.passphrase,
});

const run = (task) => {
  if (task.sealed) return new NexoCrypto().decrypt(task.sealed, key(task));
  const message = JSON.parse(task.plain);
  const kind = Object.keys(message)[0];
  return { [kind]: NexoCrypto.encrypt(message[kind].MessageHeader, task.plain, key(task)) };
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(run)));
