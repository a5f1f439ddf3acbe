// Programs (logic signatures). The client has no methods for them, so the calls
// are made by hand and the results put into the client's objects.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import algosdk from 'algosdk';
import { base64, client, decodeMultisig, exported, network, newWallet, partialMultisig, password, post } from './client.mjs';

const kmd = client();
const program = Uint8Array.of(6, 0x81, 1); // #pragma version 6; int 1
let handle, addresses, pairs;

before(async () => {
  ({ handle } = await newWallet(kmd));
  addresses = [];
  for (let i = 0; i < 2; i++) addresses.push((await kmd.generateKey(handle)).address);
  pairs = await Promise.all(addresses.map((a) => exported(kmd, handle, a)));
});

const key = (i) => base64(algosdk.decodeAddress(addresses[i]).publicKey);
const common = (more) => ({ wallet_handle_token: handle, wallet_password: password, data: base64(program), ...more });

test('one key', async () => {
  const { sig } = await post('/v1/program/sign', common({ address: addresses[0] }));
  const account = new algosdk.LogicSigAccount(program);
  account.sign(pairs[0]);
  assert.deepEqual(algosdk.base64ToBytes(sig), account.lsig.sig);
  account.lsig.sig = algosdk.base64ToBytes(sig);
  assert.ok(account.verify());
  account.lsig.logic = Uint8Array.of(6, 0x81, 0);
  assert.ok(!account.verify(), 'the verifier accepts another program');

  // It serves for a transaction of the account.
  account.lsig.logic = program;
  const transaction = algosdk.makePaymentTxnWithSuggestedParamsFromObject({ sender: addresses[0], receiver: addresses[1], amount: 1, suggestedParams: network });
  assert.ok(algosdk.decodeSignedTransaction(algosdk.signLogicSigTransactionObject(transaction, account).blob).lsig.verify(algosdk.decodeAddress(addresses[0]).publicKey));
});

for (const legacy of [false, true]) {
  test(`a multisig, ${legacy ? 'in the old form' : 'bound to its address'}`, async () => {
    const multisig = { version: 1, threshold: 2, addrs: legacy ? [...addresses].reverse() : addresses };
    const { address } = await kmd.importMultisig(handle, 1, 2, multisig.addrs.map((a) => base64(algosdk.decodeAddress(a).publicKey)));
    assert.equal(address, algosdk.multisigAddress(multisig).toString());
    const form = legacy ? { address, use_legacy_msig: true } : { address };
    const one = decodeMultisig(await post('/v1/multisig/signprogram', common({ ...form, public_key: key(0) })));
    const two = decodeMultisig(await post('/v1/multisig/signprogram', common({ ...form, public_key: key(1), partial_multisig: partialMultisig(one) })));

    const account = new algosdk.LogicSigAccount(program);
    const field = legacy ? 'msig' : 'lmsig';
    account.lsig[field] = one;
    assert.ok(!account.verify(), 'one signature is not enough');
    account.lsig[field] = two;
    assert.ok(account.verify());
    assert.equal(account.address().toString(), address);
    account.lsig[field] = undefined;
    account.lsig[legacy ? 'lmsig' : 'msig'] = two;
    assert.ok(!account.verify(), 'the two forms must not be the same');

    if (!legacy) {
      const local = new algosdk.LogicSigAccount(program);
      local.signMultisig(multisig, pairs[0]);
      local.appendToMultisig(pairs[1]);
      assert.deepEqual(two, local.lsig.lmsig);
    }
  });
}
