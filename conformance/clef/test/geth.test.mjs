// What "geth --signer" sends to its external signer, and what it reads of the answers: of a signed
// transaction the object "tx" alone. After accounts/external of go-ethereum 1.17.10.
import assert from 'node:assert/strict';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { ethers } from 'ethers';
import { alice, blob, bob, carol, contractCode, hexOf, kzg, recipient, token, transferData } from './cases.mjs';
import { CHAIN_ID, startSigner } from './signer.mjs';

/** Geth's client: it numbers its requests from 1 and leaves params out where there are none. */
class Client {
  #requests = 0;

  async call(method, ...params) {
    const id = this.#requests += 1;
    const answer = await this.exchange(`${JSON.stringify({ jsonrpc: '2.0', id, method, ...(params.length && { params }) })}`);
    assert.deepEqual({ jsonrpc: answer.jsonrpc, id: answer.id }, { jsonrpc: '2.0', id });
    if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    return answer.result;
  }
}

class OverHTTP extends Client {
  async exchange(body) {
    const headers = { accept: 'application/json', 'accept-encoding': 'gzip', 'content-type': 'application/json', 'user-agent': 'Go-http-client/1.1' };
    const response = await fetch(signer.http, { method: 'POST', headers, body });
    assert.equal(response.status, 200);
    return response.json();
  }

  close() {}
}

class OverIPC extends Client {
  #socket = net.connect(signer.ipc);
  #lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]();

  async exchange(body) {
    this.#socket.write(`${body}\n`);
    const { value, done } = await this.#lines.next();
    assert.ok(!done, 'the signer has closed the connection');
    return JSON.parse(value);
  }

  close() { this.#socket.destroy(); }
}

/** The members that are always there, in geth's order and spelling; absent fees are null. */
const members = (rest) => ({
  from: alice.address, to: recipient, gas: '0x5208', gasPrice: null, maxFeePerGas: null, maxPriorityFeePerGas: null, value: '0xde0b6b3a7640000', nonce: '0x7', input: '0x',
  ...rest,
});
const chainId = ethers.toQuantity(CHAIN_ID);
const dynamicFees = { maxFeePerGas: '0x6fc23ac00', maxPriorityFeePerGas: '0x77359400' };
const entry = { address: token.toLowerCase(), storageKeys: [ethers.id('slot')] };
const commitment = kzg.blobToKzgCommitment(blob);
const blobHash = `0x01${ethers.sha256(commitment).slice(4)}`;
const blobs = { maxFeePerBlobGas: '0xb2d05e00', blobVersionedHashes: [blobHash], blobs: [blob], commitments: [commitment], proofs: [kzg.computeBlobProof(blob, commitment)] };

const transactions = {
  'a legacy transaction': [0, members({ gasPrice: '0x3b9aca00', chainId })],
  'a legacy transaction without chain id, from a console that knows none': [0, members({ gasPrice: '0x3b9aca00' })],
  'a contract creation': [0, members({ to: null, gas: '0x33450', gasPrice: '0x3b9aca00', value: '0x0', input: contractCode, chainId })],
  'call data': [2, members({ to: token, gas: '0x15f90', ...dynamicFees, value: '0x0', input: transferData, accessList: [], chainId })],
  'an access list': [1, members({ gas: '0xea60', gasPrice: '0x3b9aca00', accessList: [entry], chainId })],
  'an empty access list': [1, members({ gasPrice: '0x3b9aca00', accessList: [], chainId })],
  'dynamic fees': [2, members({ ...dynamicFees, accessList: [], chainId })],
  blobs: [3, members({ ...dynamicFees, accessList: [], chainId, ...blobs })],
};

/** What geth makes of the object "tx": it must be complete, and it must have the hash that it says. */
function read(tx) {
  for (const name of ['type', 'nonce', 'gas', 'value', 'input', 'v', 'r', 's', 'hash']) assert.equal(typeof tx[name], 'string', `${name} is missing`);
  const type = Number(tx.type);
  const signature = { r: ethers.toBeHex(tx.r, 32), s: ethers.toBeHex(tx.s, 32) };
  const form = { type, nonce: Number(tx.nonce), gasLimit: tx.gas, to: tx.to, value: tx.value, data: tx.input, chainId: tx.chainId };
  if (type === 0) signature.v = BigInt(tx.v);
  else {
    assert.equal(tx.yParity, tx.v);
    assert.ok(Array.isArray(tx.accessList));
    Object.assign(form, { accessList: tx.accessList });
    signature.yParity = Number(tx.v);
  }
  Object.assign(form, type < 2 ? { gasPrice: tx.gasPrice } : { maxFeePerGas: tx.maxFeePerGas, maxPriorityFeePerGas: tx.maxPriorityFeePerGas });
  if (type === 3) Object.assign(form, { maxFeePerBlobGas: tx.maxFeePerBlobGas, blobVersionedHashes: tx.blobVersionedHashes });
  const got = ethers.Transaction.from({ ...form, signature: ethers.Signature.from(signature) });
  assert.equal(got.hash, tx.hash);
  return got;
}

/** The transaction that was asked for, as ethers writes it. */
function wanted(type, { from: _, gas, input, maxFeePerGas, maxPriorityFeePerGas, gasPrice, nonce, to, value, accessList, maxFeePerBlobGas, blobVersionedHashes }) {
  const fees = type < 2 ? { gasPrice } : { maxFeePerGas, maxPriorityFeePerGas };
  return ethers.Transaction.from({ type, chainId: CHAIN_ID, nonce: Number(nonce), gasLimit: gas, to, value, data: input, ...fees, ...(type && { accessList }), ...(type === 3 && { maxFeePerBlobGas, blobVersionedHashes }) });
}

const refused = (call, message) => assert.rejects(call, { code: -32000, message });

// With the rule file of the fixture, as on a machine where nobody sits.
const signer = await startSigner({ rules: true });
const doors = { HTTP: new OverHTTP(), IPC: new OverIPC() };
after(async () => {
  for (const client of Object.values(doors)) client.close();
  await signer.stop();
});

for (const [door, geth] of Object.entries(doors)) describe(`geth over ${door}`, () => {
  test('the start', async () => {
    assert.equal(await geth.call('account_version'), '6.1.0');
  });

  test('eth_accounts', async () => {
    signer.ui.take();
    assert.deepEqual(await geth.call('account_list'), [alice, bob, carol].map((a) => a.address.toLowerCase()));
    assert.deepEqual(signer.ui.take().map((r) => r.method), []); // the rules said yes
  });

  for (const [name, [type, request]] of Object.entries(transactions)) {
    test(`eth_sendTransaction: ${name}`, async () => {
      const { tx } = await geth.call('account_signTransaction', request);
      const got = read(tx);
      assert.equal(got.type, type);
      assert.equal(got.from, alice.address);
      assert.equal(got.unsignedHash, wanted(type, request).unsignedHash);
      if (type === 3) assert.deepEqual({ blobs: tx.blobs, commitments: tx.commitments, proofs: tx.proofs }, { blobs: [blob], commitments: [commitment], proofs: blobs.proofs });
    });
  }

  test('eth_sendTransaction: blobs with the proofs of cells, which geth does not announce', async () => {
    const request = members({ ...dynamicFees, accessList: [], chainId, maxFeePerBlobGas: blobs.maxFeePerBlobGas, blobVersionedHashes: [blobHash], blobs: [blob] });
    const made = await geth.call('account_signTransaction', { ...request, blobVersion: 1 });
    assert.equal(made.tx.proofs.length, 128);
    const { tx } = await geth.call('account_signTransaction', { ...request, commitments: [commitment], proofs: made.tx.proofs });
    assert.equal(read(tx).from, alice.address);
    assert.equal(read(tx).unsignedHash, wanted(3, request).unsignedHash);
  });

  test('eth_sendTransaction, approved by the rules alone', async () => {
    signer.ui.take();
    const { tx } = await geth.call('account_signTransaction', members({ nonce: '0x0', ...dynamicFees, accessList: [], chainId }));
    assert.equal(read(tx).from, alice.address);
    assert.deepEqual(signer.ui.take().map((r) => r.method), []);
  });

  test('eth_sendTransaction, denied by the rules and by the UI', async () => {
    signer.ui.take();
    await refused(geth.call('account_signTransaction', members({ nonce: '0x1', ...dynamicFees, accessList: [], chainId })), 'request denied');
    assert.deepEqual(signer.ui.take().map((r) => r.method), []);
    signer.ui.deny('ui_approveTx');
    await refused(geth.call('account_signTransaction', members({ nonce: '0x2', ...dynamicFees, accessList: [], chainId })), 'request denied');
  });

  test('eth_sendTransaction on another chain, and from an account that is not there', async () => {
    await refused(geth.call('account_signTransaction', members({ ...dynamicFees, accessList: [], chainId: '0x1' })), 'requested chainid 1 does not match the configuration of the signer');
    await refused(geth.call('account_signTransaction', members({ from: token, ...dynamicFees, accessList: [], chainId })), 'unknown account');
  });

  test('eth_sign', async () => {
    const text = 'hello from a console';
    const signature = await geth.call('account_signData', 'text/plain', alice.address, hexOf(text));
    assert.equal(ethers.dataLength(signature), 65);
    assert.ok([27, 28].includes(Number(ethers.dataSlice(signature, 64)))); // from which geth subtracts 27
    assert.equal(ethers.verifyMessage(text, signature), alice.address);
  });

  test('a header of clique', async () => {
    const zeros = (n) => `0x${'00'.repeat(n)}`;
    const header = [
      ethers.id('parent'), ethers.id('uncles'), zeros(20), ethers.id('state'), ethers.id('transactions'), ethers.id('receipts'), zeros(256),
      '0x02', '0x03e8', '0x7a1200', '0x', '0x5f5e1000', ethers.concat([ethers.toUtf8Bytes('a vanity of thirty-two bytes ok!')]), zeros(32), zeros(8),
    ];
    const sealed = ethers.encodeRlp(header);
    const signature = await geth.call('account_signData', 'application/x-clique-header', alice.address, sealed);
    const parity = Number(ethers.dataSlice(signature, 64));
    assert.ok(parity === 0 || parity === 1);
    const [r, s] = [ethers.dataSlice(signature, 0, 32), ethers.dataSlice(signature, 32, 64)];
    assert.equal(ethers.recoverAddress(ethers.keccak256(sealed), ethers.Signature.from({ r, s, yParity: parity })), alice.address);
  });
});
