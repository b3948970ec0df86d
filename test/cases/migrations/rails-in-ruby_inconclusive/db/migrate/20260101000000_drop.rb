class Drop < ActiveRecord::Migration[8.0]
end
