// Handles that run out, with a daemon whose sessions last one second.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newWallet, password, refused, shortClient } from './client.mjs';

const kmd = shortClient();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('a handle runs out and is then forgotten', async () => {
  const { id, handle } = await newWallet(kmd);
  await kmd.listKeys(handle);
  await sleep(1300);
  await refused(kmd.listKeys(handle), 401, 'handle expired');
  await refused(kmd.listKeys(handle), 401, 'handle does not exist');
  const { wallet_handle_token: fresh } = await kmd.initWalletHandle(id, password);
  assert.deepEqual(await kmd.listKeys(fresh), {});
});

test('only renewing keeps a handle', async () => {
  const { handle } = await newWallet(kmd);
  for (let i = 0; i < 4; i++) {
    await sleep(500);
    await kmd.renewWalletHandle(handle);
  }
  await sleep(600);
  await kmd.generateKey(handle); // does not renew
  await sleep(600);
  await refused(kmd.generateKey(handle), 401, 'handle expired');
});

test('an expired handle cannot be renewed, but released', async () => {
  const { id, handle } = await newWallet(kmd);
  const { wallet_handle_token: second } = await kmd.initWalletHandle(id, password);
  await sleep(1300);
  await refused(kmd.renewWalletHandle(handle), 401, 'handle expired');
  assert.deepEqual(await kmd.releaseWalletHandle(second), {});
});
