//! A text model for `generate_stream`: answers a text with one response for each of its tokens. A token is a word with
//! the blanks before it. One token of each stream is sent in a poll, so streams are served side by side, and a stream
//! whose client has gone ends.

use std::collections::VecDeque;
use std::time::Duration;

use triton_wasm_guest::{export_model, poll_after, Error, ErrorCode, Model, Request, Requests};

/// A request with tokens to come.
struct Stream {
    request: Request<'static>,
    tokens: VecDeque<String>,
}

impl Stream {
    /// Sends the next token. Returns whether the stream has ended.
    fn step(&mut self) -> Result<bool, Error> {
        if self.request.is_cancelled() {
            return Err(Error::new(ErrorCode::Cancelled, "the client has gone"));
        }
        if let (Some(token), Some(output)) =
            (self.tokens.pop_front(), self.request.output("text_output"))
        {
            output.set_byte_strings(&[1], &[token])?;
        }
        if self.tokens.is_empty() {
            self.request.finish()?;
            return Ok(true);
        }
        self.request.send()?;
        Ok(false)
    }
}

struct TokenStream {
    streams: Vec<Stream>,
}

export_model!(TokenStream);

impl Model for TokenStream {
    fn initialize() -> Result<Self, String> {
        Ok(Self {
            streams: Vec::new(),
        })
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        for request in requests {
            match begin(&request) {
                Ok(stream) => self.streams.push(stream),
                Err(error) => request.fail(error),
            }
        }
        self.poll_again();
        Ok(())
    }

    fn poll(&mut self) -> Result<(), String> {
        self.streams.retain_mut(|stream| match stream.step() {
            Ok(has_ended) => !has_ended,
            Err(error) => {
                stream.request.fail(error);
                let _ = stream.request.finish();
                false
            }
        });
        self.poll_again();
        Ok(())
    }
}

impl TokenStream {
    fn poll_again(&self) {
        if !self.streams.is_empty() {
            poll_after(Duration::ZERO);
        }
    }
}

fn begin(request: &Request) -> Result<Stream, Error> {
    let texts = request.input("text_input")?.to_byte_strings()?;
    let [text] = texts.as_slice() else {
        return Err(Error::invalid_arg("text_input must have one element"));
    };
    let text = std::str::from_utf8(text)
        .map_err(|_| Error::invalid_arg("text_input must be a text in UTF-8"))?;
    let tokens = tokens_of(text);
    let request = request.keep().ok_or_else(|| {
        let text = "too many requests are open: send it later";
        Error::new(ErrorCode::Unavailable, text)
    })?;
    Ok(Stream { request, tokens })
}

/// The words of a text, each with the blanks before it. Blanks at the end belong to the last one.
fn tokens_of(text: &str) -> VecDeque<String> {
    let mut tokens = VecDeque::new();
    let mut token = String::new();
    for character in text.chars() {
        if character.is_whitespace() && token.chars().any(|c| !c.is_whitespace()) {
            tokens.push_back(std::mem::take(&mut token));
        }
        token.push(character);
    }
    match tokens.back_mut() {
        Some(last) if token.trim().is_empty() => last.push_str(&token),
        _ => tokens.push_back(token),
    }
    tokens
}
