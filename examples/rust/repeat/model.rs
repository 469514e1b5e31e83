//! Answers a request with one response for each element of IN: OUT is the element and IDX its index. DELAY has the
//! milliseconds before each response. The execution itself takes WAIT milliseconds; the responses come after it, so
//! requests are served side by side.

use std::time::Duration;

use triton_wasm_guest::{
    export_model, monotonic, poll_after, sleep, Datatype, Error, ErrorCode, Model, Request, Requests,
};

/// A request with responses to come.
struct Stream {
    request: Request<'static>,
    values: Vec<i32>,
    delays: Vec<u32>,
    at: usize,
    due: Duration,
}

impl Stream {
    /// Sets the time of the next response.
    fn wait(&mut self) {
        let delay = Duration::from_millis(self.delays[self.at].into());
        self.due = monotonic() + delay;
        poll_after(delay);
    }

    /// Sends the next response. Returns whether it was the last.
    fn send(&mut self) -> Result<bool, Error> {
        if let Some(output) = self.request.output("OUT") {
            output.set(&[1], &[self.values[self.at]])?;
        }
        if let Some(output) = self.request.output("IDX") {
            output.set(&[1], &[self.at as u32])?;
        }
        self.at += 1;
        if self.at == self.values.len() {
            self.request.finish()?;
            return Ok(true);
        }
        self.request.send()?;
        Ok(false)
    }
}

struct Repeat {
    streams: Vec<Stream>,
}

export_model!(Repeat);

impl Model for Repeat {
    fn initialize() -> Result<Self, String> {
        Ok(Self {
            streams: Vec::new(),
        })
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        for request in requests {
            match serve(&request) {
                Ok(stream) => self.streams.extend(stream),
                Err(error) => request.fail(error),
            }
        }
        Ok(())
    }

    fn poll(&mut self) -> Result<(), String> {
        self.streams.retain_mut(|stream| {
            let left = stream.due.saturating_sub(monotonic());
            if !left.is_zero() {
                poll_after(left);
                return true;
            }
            match stream.send() {
                Ok(false) => stream.wait(),
                Ok(true) => return false,
                Err(error) => {
                    stream.request.fail(error);
                    let _ = stream.request.finish();
                    return false;
                }
            }
            true
        });
        Ok(())
    }
}

/// Returns the stream of responses; `None` if there are none.
fn serve(request: &Request) -> Result<Option<Stream>, Error> {
    let input = request.input("IN")?;
    input.require_datatype(Datatype::Int32)?;
    let values = input.to_vec::<i32>()?;
    let delays = request.input("DELAY")?.to_vec::<u32>()?;
    let wait = request.input("WAIT")?.to_vec::<u32>()?;
    if values.len() != delays.len() || wait.len() != 1 {
        return Err(Error::invalid_arg(
            "IN and DELAY must have as many elements, and WAIT one",
        ));
    }
    if values.is_empty() {
        request.finish()?;
        return Ok(None);
    }
    let request = request.keep().ok_or_else(|| {
        let text = "too many requests are open: send it later";
        Error::new(ErrorCode::Unavailable, text)
    })?;
    sleep(Duration::from_millis(wait[0].into()));
    let mut stream = Stream {
        request,
        values,
        delays,
        at: 0,
        due: Duration::ZERO,
    };
    stream.wait();
    Ok(Some(stream))
}
