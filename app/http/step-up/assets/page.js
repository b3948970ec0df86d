/* The buttons of the pages for confirmations. What is asked and what is answered is decided by the Conductor. */
(() => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const status = document.getElementById('status');
  const here = window.location.pathname;

  async function send(path, body) {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': token },
      body: JSON.stringify(body ?? {}),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(`${answer.message ?? 'It failed'}. ${answer.help ?? ''}`);
    return answer;
  }

  function say(text, kind) {
    status.textContent = text;
    status.className = kind;
  }

  function onClick(button, working, act) {
    button?.addEventListener('click', async () => {
      button.disabled = true;
      say(working, 'working');
      try {
        await act(button);
      } catch (error) {
        const gaveUp = error.name === 'NotAllowedError' || error.code === 'ERROR_CEREMONY_ABORTED';
        say(gaveUp ? 'Nothing was confirmed: the passkey was not used.' : error.message, 'failed');
        button.disabled = false;
      }
    });
  }

  onClick(document.getElementById('confirm'), 'Waiting for your passkey …', async (button) => {
    const { options } = await send(`${here}/options`);
    const response = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: options });
    await send(here, { response });
    button.remove();
    say('Confirmed. The reply to your command says what follows; you can close this page.', 'done');
  });

  onClick(document.getElementById('register'), 'Waiting for your new passkey …', async () => {
    const { options, ticket } = await send(`${here}/options`);
    const response = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON: options });
    await send(here, { ticket, response });
    window.location.reload();
  });

  for (const remove of document.querySelectorAll('.remove')) {
    onClick(remove, 'Removing …', async () => {
      await send(`${here}/remove`, { id: remove.dataset.id });
      window.location.reload();
    });
  }
})();
