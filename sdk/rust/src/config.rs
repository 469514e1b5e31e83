use crate::{abi, argument, text, Datatype};

const INPUTS: u32 = 0;
const OUTPUTS: u32 = 1;

/// The string value of a parameter in the model's configuration; `None` if the model does not have it.
pub fn model_parameter(key: &str) -> Option<String> {
    text::read(|target, capacity| unsafe {
        abi::model_parameter(key.as_ptr(), key.len(), target, capacity)
    })
}

/// An input or output of the model's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorConfig {
    pub name: String,
    /// `None` if the configuration does not set it.
    pub datatype: Option<Datatype>,
    /// Without the dimension of the batch; -1 is a dimension of any size.
    pub dims: Vec<i64>,
}

/// The model's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelConfig {
    pub name: String,
    /// Empty in an auto-completion.
    pub version: String,
    /// 0: the model does not support batching.
    pub max_batch_size: u32,
    pub inputs: Vec<TensorConfig>,
    pub outputs: Vec<TensorConfig>,
}

impl ModelConfig {
    /// Reads the configuration from the host.
    pub fn read() -> Self {
        Self {
            name: text::require(|target, capacity| unsafe { abi::config_name(target, capacity) }),
            version: argument("model_version").unwrap_or_default(),
            max_batch_size: abi::config_max_batch_size(),
            inputs: tensors(INPUTS),
            outputs: tensors(OUTPUTS),
        }
    }

    /// `None` if the configuration does not have the input.
    pub fn input(&self, name: &str) -> Option<&TensorConfig> {
        self.inputs.iter().find(|tensor| tensor.name == name)
    }

    /// `None` if the configuration does not have the output.
    pub fn output(&self, name: &str) -> Option<&TensorConfig> {
        self.outputs.iter().find(|tensor| tensor.name == name)
    }
}

fn tensors(side: u32) -> Vec<TensorConfig> {
    (0..abi::config_tensor_count(side))
        .map(|index| {
            let rank = unsafe { abi::config_tensor_shape(side, index, std::ptr::null_mut(), 0) };
            let mut dims = vec![0; rank];
            unsafe { abi::config_tensor_shape(side, index, dims.as_mut_ptr(), rank) };
            TensorConfig {
                name: text::require(|target, capacity| unsafe {
                    abi::config_tensor_name(side, index, target, capacity)
                }),
                datatype: Datatype::from_number(abi::config_tensor_datatype(side, index)),
                dims,
            }
        })
        .collect()
}
