// A destination function for Segment that delivers to Afterword.
//
// In Segment: Connections → Functions → New function → Destination. Replace its code by this file, add the
// settings below, deploy, and connect it to your source.
//
//   name                                    type      what
//   address                                 text      Afterword's address: https://ask.example.com
//   apiKey                                  secret    a token of scope ingest
//   mapAfterwordCampaignsWithSegmentEvents  text map  campaign ID → names of events, between commas
//
// What is answered: 4xx is discarded and shown with the reason; what may pass is tried again by Segment.

async function onTrack(event, settings) {
  await deliver(event, settings)
}

async function onIdentify(event, settings) {
  await deliver(event, settings)
}

async function deliver(event, settings) {
  const { address, apiKey, ...rest } = settings
  let answer
  try {
    answer = await fetch(`${address.trim().replace(/\/+$/, '')}/segment/destination`, {
      method: 'POST',
      headers: {
        'Authorization': `Basic ${base64(`${apiKey}:`)}`,
        'Content-Type': 'application/json',
        'X-Segment-Settings': base64(JSON.stringify(rest)),
      },
      body: JSON.stringify(event),
    })
  } catch (error) {
    throw new RetryError(`Afterword cannot be reached: ${error.message}`)
  }
  if (answer.ok) return
  const { message } = await answer.json().catch(() => ({}))
  const said = message || `Afterword answered ${answer.status}.`
  if (answer.status === 501) throw new EventNotSupported(said)
  if (answer.status >= 500 || [408, 429].includes(answer.status)) throw new RetryError(said)
  throw new ValidationError(said)
}

function base64(text) {
  return Buffer.from(text, 'utf8').toString('base64')
}
