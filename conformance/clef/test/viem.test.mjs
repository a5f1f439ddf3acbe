// viem: its transports over both doors, and an account of the kind that applications write for it.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  concat, createClient, formatTransactionRequest, getAddress, http, keccak256, parseTransaction, recoverAddress, recoverTransactionAddress,
  serializeTypedData, verifyMessage, verifyTypedData,
} from 'viem';
import { privateKeyToAccount, toAccount } from 'viem/accounts';
import { ipc } from 'viem/node';
import { recoverAuthorizationAddress } from 'viem/utils';
import { alice, authorization, blob, blobHashes, blobTransaction, bob, carol, delegation, documents, hexOf, kzg, texts, token, transactions } from './cases.mjs';
import { CHAIN_ID, startSigner } from './signer.mjs';

const signer = await startSigner();
const doors = { HTTP: createClient({ transport: http(signer.http) }), IPC: createClient({ transport: ipc(signer.ipc) }) };
after(async () => {
  (await doors.IPC.transport.getRpcClient()).close();
  await signer.stop();
});

/** An account of viem whose key is in clef. */
function clefAccount(client, address) {
  return toAccount({
    address,
    async signMessage({ message }) {
      return client.request({ method: 'account_signData', params: ['text/plain', address, typeof message === 'string' ? hexOf(message) : message.raw] });
    },
    async signTransaction({ chainId, ...transaction }) {
      const request = { ...formatTransactionRequest({ ...transaction, from: address }), chainId: `0x${chainId.toString(16)}` };
      return (await client.request({ method: 'account_signTransaction', params: [request] })).raw;
    },
    async signTypedData(document) {
      // viem's own JSON of it, as for a wallet behind JSON-RPC; the signer wants the object.
      return client.request({ method: 'account_signTypedData', params: [address, JSON.parse(serializeTypedData(document))] });
    },
  });
}

const kinds = ['legacy', 'eip2930', 'eip1559', 'eip4844', 'eip7702'];
/** viem's own form of a case. */
const formOf = ({ type, ...members }) => ({ chainId: CHAIN_ID, type: kinds[type], ...members });

/** Checks a refusal by the answer that viem keeps as the cause of its own error. */
async function refused(call, code, message) {
  await assert.rejects(call, (err) => {
    const answer = err.walk((e) => e.name === 'RpcRequestError') ?? err;
    assert.deepEqual({ code: answer.code, message: answer.details }, { code, message });
    return true;
  });
}

// viem takes the arithmetic of blobs as bytes.
const bytes = (text) => Buffer.from(text.slice(2), 'hex');
const hex = (data) => `0x${Buffer.from(data).toString('hex')}`;
const arithmetic = {
  blobToKzgCommitment: (data) => bytes(kzg.blobToKzgCommitment(hex(data))),
  computeBlobKzgProof: (data, commitment) => bytes(kzg.computeBlobProof(hex(data), hex(commitment))),
};

for (const [door, client] of Object.entries(doors)) describe(`viem over ${door}`, () => {
  const clef = clefAccount(client, alice.address);
  const local = privateKeyToAccount(alice.key);

  test('version and accounts', async () => {
    assert.equal(await client.request({ method: 'account_version' }), signer.info.extapi_version);
    const listed = await client.request({ method: 'account_list' });
    assert.deepEqual(listed.map((a) => getAddress(a)), [alice, bob, carol].map((a) => a.address));
    // A UI may reveal some of them only.
    signer.ui.next('ui_approveListing', ({ accounts }) => ({ accounts: accounts.slice(1, 2) }));
    assert.deepEqual(await client.request({ method: 'account_list' }), [bob.address.toLowerCase()]);
    signer.ui.deny('ui_approveListing');
    await refused(client.request({ method: 'account_list' }), -32000, 'request denied');
  });

  for (const [name, members] of Object.entries(transactions)) {
    test(name, async () => {
      const tx = formOf(members);
      const raw = await clef.signTransaction(tx);
      assert.equal(await recoverTransactionAddress({ serializedTransaction: raw }), alice.address);
      assert.equal(parseTransaction(raw).type, tx.type);
      assert.equal(raw, await local.signTransaction(tx));
    });
  }

  test('a transaction with the hashes of blobs', async () => {
    const tx = formOf({ ...blobTransaction, blobVersionedHashes: blobHashes });
    const raw = await clef.signTransaction(tx);
    assert.equal(await recoverTransactionAddress({ serializedTransaction: raw }), alice.address);
    assert.equal(raw, await local.signTransaction(tx));
  });

  test('a transaction with blobs', async () => {
    const tx = formOf({ ...blobTransaction, blobs: [blob] });
    const raw = await clef.signTransaction(tx);
    const got = parseTransaction(raw);
    assert.deepEqual(got.sidecars.map((s) => s.blob), [blob]);
    assert.equal(raw, await local.signTransaction({ ...tx, kzg: arithmetic }));
  });

  test('a transaction with an authorization, EIP-7702', async () => {
    const signed = await privateKeyToAccount(carol.key).signAuthorization(authorization);
    const tx = formOf({ ...delegation, authorizationList: [signed] });
    const raw = await clef.signTransaction(tx);
    assert.equal(await recoverTransactionAddress({ serializedTransaction: raw }), alice.address);
    const [got] = parseTransaction(raw).authorizationList;
    assert.equal(await recoverAuthorizationAddress({ authorization: got }), carol.address);
    assert.equal(raw, await local.signTransaction(tx));
  });

  test('a transaction that is denied', async () => {
    signer.ui.deny('ui_approveTx');
    await refused(clef.signTransaction(formOf(transactions['a transaction of EIP-1559'])), -32000, 'request denied');
  });

  test('texts, and who signed them', async () => {
    for (const message of texts) {
      const signature = await clef.signMessage({ message });
      assert.ok(await verifyMessage({ address: alice.address, message, signature }));
      assert.equal(signature, await local.signMessage({ message }));
      assert.equal(await client.request({ method: 'account_ecRecover', params: [hexOf(message), signature] }), alice.address.toLowerCase());
    }
    signer.ui.deny('ui_approveSignData');
    await refused(clef.signMessage({ message: 'no' }), -32000, 'request denied');
  });

  for (const [name, document] of Object.entries(documents)) {
    test(`typed data: ${name}`, async () => {
      const signature = await clef.signTypedData(document);
      assert.ok(await verifyTypedData({ address: alice.address, ...document, signature }));
      assert.equal(signature, await local.signTypedData(document));
      const params = ['data/typed', alice.address, hexOf(serializeTypedData(document))];
      assert.equal(await client.request({ method: 'account_signData', params }), signature);
    });
  }

  test('data for a validator, EIP-191 version 0', async () => {
    const message = '0xdeadbeef';
    const signature = await client.request({ method: 'account_signData', params: ['data/validator', alice.address, { address: token, message }] });
    assert.equal(await recoverAddress({ hash: keccak256(concat(['0x1900', token, message])), signature }), alice.address);
  });
});
